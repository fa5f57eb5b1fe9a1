/**
 * `deno task fuzz [MINUTES] [SEED]`: the tests of `tests/fuzz/`, for longer, or again with the same seed. The minutes are for
 * all of them together.
 *
 * @module
 */
import { ROOT } from "../support/programs.ts";

/** Messages, headers, sizes, and strangers at the port. */
const FUZZES = 4;
const FILES = ["tests/fuzz/message_test.ts", "tests/fuzz/sizes_test.ts", "tests/fuzz/port_test.ts"];

const minutes = Number(Deno.args[0] ?? 10);
const seed = Number(Deno.args[1] ?? Math.floor(Math.random() * 2 ** 31));
if (!(minutes > 0 && Number.isInteger(seed))) {
  console.error("Usage: deno task fuzz [MINUTES] [SEED]");
  Deno.exit(2);
}
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "--no-check", "--allow-all", ...FILES],
  cwd: ROOT,
  env: { PAAS_FUZZ_SECONDS: `${minutes * 60 / FUZZES}`, PAAS_FUZZ_SEED: `${seed}` },
}).spawn().status;
Deno.exit(code);
