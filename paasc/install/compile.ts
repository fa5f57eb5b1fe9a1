/**
 * `deno task compile`: makes `bin/paasc`, a program that runs without Deno. This module is part of the installation (see
 * `install.ts`), not of the client.
 *
 * Compiling needs Deno's `denort`, which Deno downloads separately. Exit codes: 0 after the program was made and has run;
 * 69 if `denort` cannot be downloaded; 1 for any other failure. No failure leaves a half-made program.
 *
 * @module
 */
import { RUN_FLAGS } from "./run_flags.ts";
import manifest from "../deno.json" with { type: "json" };

/** Path of the checkout, with a slash at its end. */
const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);
/** Development certificates that go into the program. */
const CERTIFICATES = ["server-ca.crt", "alice.crt", "alice.key"].map((name) => `certs/${name}`);

/** Result of an attempt to compile. */
export interface Outcome {
  /** Exit code of the task. */
  readonly code: 0 | 1 | 69;
  /** Sentence for the user. */
  readonly message: string;
}

/** Compiles `paasc` into a program at this path. */
export async function compile(deno: string, path: string): Promise<Outcome> {
  const draft = `${path}.new`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  try {
    const compiled = await run(deno, [
      "compile",
      ...RUN_FLAGS,
      ...CERTIFICATES.flatMap((file) => ["--include", file]),
      "--output",
      draft,
      "paasc/main.ts",
    ]);
    if (!compiled.success) {
      return /denort|dl\.deno\.land/.test(compiled.stderr)
        ? {
          code: 69,
          message:
            "Deno cannot download denort, its runtime for compiled programs: run this task on a machine with access to dl.deno.land",
        }
        : { code: 1, message: `deno compile failed: ${compiled.stderr.trim()}` };
    }
    // DENORT_BIN may name a wrong runtime. Then the result is some other program.
    const { stdout } = await run(draft, ["version"]);
    if (stdout !== `paasc ${manifest.version}\n`) {
      return { code: 1, message: "the program that deno compile made is not paasc: check DENORT_BIN" };
    }
    await Deno.rename(draft, path);
    return { code: 0, message: `made ${path}` };
  } finally {
    await Deno.remove(draft).catch(() => {});
  }
}

async function run(program: string, args: readonly string[]) {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd: ROOT }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

if (import.meta.main) {
  const { code, message } = await compile(Deno.execPath(), `${ROOT}bin/paasc`);
  if (code === 0) console.log(message);
  else console.error(`compile: ${message}`);
  Deno.exitCode = code;
}
