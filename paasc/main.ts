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

/** Whether the exit code of the command is that of a process. */
let exitsAsProcess = false;

/** Prints a line for a person on stderr. */
function complain(error: unknown): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(errorLine(error)));
  } catch {
    // Nobody reads stderr.
  }
}

/** Ends the program with a line for a person on stderr, and an exit code for scripts. */
function end(error: unknown): never {
  complain(error);
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
  const context = new Context(settings, given, repeated, Deno.stdout, Deno.stderr, columns);
  const code = await command.run(words, context) ?? 0;
  if (!local.includes(command) && command.name !== "doctor" && Deno.stderr.isTerminal()) {
    const { ownExpiry } = await import("./connection/certificates.ts");
    const note = await ownExpiry(settings);
    if (note !== undefined) complain(new Error(note));
  }
  Deno.exit(code);
} catch (error) {
  end(error);
}
