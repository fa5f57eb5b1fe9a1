/**
 * A way to change what belongs to a whole process, such as its working directory: the tests of other files run in the
 * process of `deno test` at the same time.
 *
 * @module
 */
import { join } from "node:path";

/**
 * Runs a module in a process of its own, and gives its stdout.
 *
 * @param source The text of the module. It resolves bare names as the repository does.
 * @throws {Error} When the module fails.
 */
export async function inOwnProcess(source: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", source],
    cwd: join(import.meta.dirname!, "../.."),
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
