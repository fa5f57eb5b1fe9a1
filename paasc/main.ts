/**
 * The program `paasc`: parses, calls, prints what went wrong, exits.
 *
 * @module
 */
import { parseCommandLine } from "./command_line.ts";
import { local } from "./commands/mod.ts";
import { gatherEntropy } from "./connection/entropy.ts";
import { errorLine, exitCodes, PaascError } from "./errors.ts";

const encoder = new TextEncoder();

/** Tells a person what went wrong, and a script by the exit code. */
function end(error: unknown): never {
  const code = error instanceof PaascError ? exitCodes[error.reason] : exitCodes.failed;
  if (!(error instanceof PaascError && error.message === "")) {
    try {
      Deno.stderr.writeSync(encoder.encode(errorLine(error)));
    } catch {
      // There is nobody left to tell.
    }
  }
  Deno.exit(code);
}

// What nobody foresaw ends in one line as well.
addEventListener("error", (event) => {
  event.preventDefault();
  end(event.error);
});
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  end(event.reason);
});

try {
  const { command, words, ...asked } = await parseCommandLine(Deno.args, (name) => Deno.env.get(name));
  if (!local.includes(command)) gatherEntropy();
  // A terminal may say 0 when it does not know.
  const columns = Deno.stdout.isTerminal() ? Deno.consoleSize().columns || 80 : undefined;
  Deno.exit(await command.run(words, { ...asked, columns, stdout: Deno.stdout, stderr: Deno.stderr }) ?? 0);
} catch (error) {
  end(error);
}
