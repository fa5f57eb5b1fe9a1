/**
 * The program `paasc`: parses the command line, runs the command, prints an error, and exits.
 *
 * @module
 */
import { Context } from "./command.ts";
import { parseCommandLine } from "./command_line.ts";
import { local } from "./commands/mod.ts";
import { gatherEntropy } from "./connection/entropy.ts";
import { errorLine, exitCodeFor } from "./exit.ts";
import { noteTo, SharedOutput } from "./print/output.ts";

/** Maximum time for notes on stderr at the end of the program, in milliseconds: nobody need read them. */
const FAREWELL_MS = 1_000;

/** All that commands print to stderr. Notes may still be on their way when a command ends. */
const stderr = new SharedOutput(Deno.stderr, "stderr");

/** Whether the exit code of the command is that of a process. */
let exitsAsProcess = false;

/** Ends the program with a line for a person on stderr, and an exit code for scripts. */
function end(error: unknown): never {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(errorLine(error)));
  } catch {
    // Nobody reads stderr.
  }
  Deno.exit(exitCodeFor(error, exitsAsProcess));
}

// An unexpected error is printed as one line as well.
addEventListener("error", (event) => {
  event.preventDefault();
  end(event.error);
});
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  end(event.reason);
});

try {
  const { command, words, settings, given, repeated } = await parseCommandLine(Deno.args, (name) => Deno.env.get(name));
  exitsAsProcess = command.exitsAsProcess ?? false;
  if (!local.includes(command)) gatherEntropy();
  // A terminal may say 0 when it does not know its width.
  const columns = Deno.stdout.isTerminal() ? Deno.consoleSize().columns || 80 : undefined;
  const context = new Context(settings, given, repeated, Deno.stdout, stderr, columns);
  const code = await command.run(words, context) ?? 0;
  if (!local.includes(command) && command.name !== "doctor" && Deno.stderr.isTerminal()) {
    const { ownExpiry } = await import("./connection/certificates.ts");
    const note = await ownExpiry(settings);
    if (note !== undefined) noteTo(stderr)(note);
  }
  await stderr.flushed(FAREWELL_MS);
  Deno.exit(code);
} catch (error) {
  await stderr.flushed(FAREWELL_MS);
  end(error);
}
