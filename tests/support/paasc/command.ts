/**
 * Commands of `paasc` in the program of a test: a program of its own for each takes ten times as long.
 *
 * @module
 */
import { sessionsClosed } from "@paas/proto/grpc";
import { Context } from "../../../paasc/command.ts";
import { parseCommandLine } from "../../../paasc/command_line.ts";
import { errorLine, exitCodeFor } from "../../../paasc/exit.ts";

/** Does what `paasc/main.ts` does with these words, for alice. */
export async function runCommand(words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const printed = { stdout: "", stderr: "" };
  const output = (name: keyof typeof printed) => ({
    write(bytes: Uint8Array): Promise<number> {
      printed[name] += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  });
  const environment = (name: string) => name === "PAASC_CONTEXT" ? "default" : undefined;
  const { command, words: own, settings, given, repeated } = await parseCommandLine(words, environment);
  const context = new Context(settings, given, repeated, output("stdout"), output("stderr"));
  try {
    const code = await command.run(own, context) ?? 0;
    return { code, ...printed };
  } catch (error) {
    const stderr = printed.stderr + errorLine(error);
    return { code: exitCodeFor(error, command.exitsAsProcess ?? false), ...printed, stderr };
  } finally {
    await sessionsClosed();
  }
}
