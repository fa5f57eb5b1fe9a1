/**
 * Commands that do the same to several processes.
 *
 * @module
 */
import type { Daemon } from "../../connection/connection.ts";
import { errorLine, EXIT_CODES, exitReason } from "../../exit.ts";
import { type Output, print } from "../../print/output.ts";

/** So many calls are under way at a time: a daemon limits how many a user may have. */
const atOnce = 16;

/**
 * Does something to each of the processes that words name, several at a time, and to each once. What cannot be done to one
 * of several is told on stderr and keeps nobody else waiting; the exit code is 1 then.
 *
 * @throws {ExitError} When it is one process and it cannot be done, or when there is no connection (any more)
 */
export async function eachProcess(
  daemon: Daemon,
  words: readonly string[],
  stderr: Output,
  act: (processId: string) => Promise<void>,
): Promise<number> {
  const { findProcess } = await import("../../streams/find_process.ts");
  const begun = new Set<string>();
  const rest = new Set(words).values();
  let code = 0;
  const work = async () => {
    for (const word of rest) {
      try {
        const id = await findProcess(daemon, word);
        if (begun.has(id)) continue;
        begun.add(id);
        await act(id);
      } catch (error) {
        if (words.length === 1 || exitReason(error) !== "failed") throw error;
        await print(stderr, errorLine(new Error(`${word}: ${(error as Error).message}`)), "stderr");
        code = EXIT_CODES.failed;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return code;
}
