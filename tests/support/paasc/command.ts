/**
 * Commands of `paasc` in the program of a test: a program of its own for each takes ten times as long.
 *
 * @module
 */
import { sessionsClosed } from "@paas/proto/grpc";
import { Context } from "../../../paasc/command.ts";
import { parseCommandLine } from "../../../paasc/command_line.ts";
import { errorLine, exitCodeFor } from "../../../paasc/exit.ts";
import { Printed } from "./printed.ts";

/** The output of a program, and its exit code. */
export interface Result {
  /** The exit code; 128 + n after a signal. */
  code: number;
  /** The bytes of its stdout. */
  stdout: Uint8Array<ArrayBuffer>;
  /** The text of its stderr. */
  stderr: string;
}

/**
 * Does what `paasc/main.ts` does with these words.
 *
 * @param environment The variables, by their names; default is the user alice of the development certificates
 */
export async function runCommand(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = { PAASC_CONTEXT: "default" },
): Promise<Result> {
  const [stdout, stderr] = [new Printed(), new Printed()];
  let exitsAsProcess = false;
  let code: number;
  try {
    const { command, words: own, settings, given, repeated } = await parseCommandLine(
      words,
      (name) => environment[name],
    );
    exitsAsProcess = command.exitsAsProcess ?? false;
    code = await command.run(own, new Context(settings, given, repeated, stdout, stderr)) ?? 0;
  } catch (error) {
    await stderr.write(new TextEncoder().encode(errorLine(error)));
    code = exitCodeFor(error, exitsAsProcess);
  } finally {
    await sessionsClosed();
  }
  return { code, stdout: stdout.bytes, stderr: stderr.text };
}
