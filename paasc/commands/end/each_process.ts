/**
 * Runs an action for several processes.
 *
 * @module
 */
import type { Context } from "../../command.ts";
import type { Connection } from "../../connection/connection.ts";
import { errorLine, EXIT_CODES, exitReason } from "../../exit.ts";
import { print } from "../../print/output.ts";

/** Maximum number of calls under way at a time: a daemon limits how many a user may have. */
const MAX_CALLS = 16;

/**
 * Runs an action once for each process that the words name, for several at a time. A failure for one of several processes
 * is printed to stderr, and does not keep the others waiting.
 *
 * @returns The exit code: 1 after a failure, else 0
 * @throws {PaasError} When the action fails for the only process, or the connection fails
 */
export async function eachProcess(
  context: Context,
  connection: Connection,
  words: readonly string[],
  act: (processId: string, word: string) => Promise<void>,
): Promise<number> {
  const begun = new Set<string>();
  const rest = new Set(words).values();
  let code = 0;
  const work = async () => {
    for (const word of rest) {
      try {
        const id = await context.find(connection, word);
        if (begun.has(id)) continue;
        begun.add(id);
        await act(id, word);
      } catch (error) {
        if (words.length === 1 || exitReason(error) !== "failed") throw error;
        await print(context.stderr, errorLine(new Error(`${word}: ${(error as Error).message}`)), "stderr");
        code = EXIT_CODES.failed;
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_CALLS }, work));
  return code;
}
