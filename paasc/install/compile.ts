/**
 * `deno task compile`: makes `bin/paasc`, a program that needs no Deno.
 *
 * It stands on Deno's `denort`, a download of its own. Exit codes: 0 it is made, and was run; 69 `denort` cannot be had
 * here; 1 anything else. Whatever fails, no half-made program is left.
 *
 * @module
 */
import { runFlags } from "./run_flags.ts";
import manifest from "../deno.json" with { type: "json" };

const root = decodeURIComponent(new URL("../..", import.meta.url).pathname);
const certificates = ["server-ca.crt", "alice.crt", "alice.key"].map((name) => `certs/${name}`);

/** How an attempt to compile ended. */
export interface Outcome {
  readonly code: 0 | 1 | 69;
  /** One sentence about it. */
  readonly message: string;
}

/** Compiles `paasc` to this path. */
export async function compile(deno: string, path: string): Promise<Outcome> {
  const draft = `${path}.new`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  try {
    const compiled = await run(deno, [
      "compile",
      ...runFlags,
      ...certificates.flatMap((file) => ["--include", file]),
      "--output",
      draft,
      "paasc/main.ts",
    ]);
    if (!compiled.success) {
      return /denort|dl\.deno\.land/.test(compiled.stderr)
        ? {
          code: 69,
          message:
            "Deno's runtime for compiled programs, denort, cannot be downloaded here: run this where Deno can download its parts",
        }
        : { code: 1, message: `deno compile failed: ${compiled.stderr.trim()}` };
    }
    // Where the wrong runtime was put in, the result is some program, but not paasc.
    const { stdout } = await run(draft, ["version"]);
    if (stdout !== `paasc ${manifest.version}\n`) {
      return { code: 1, message: "what deno compile made is not paasc (is DENORT_BIN set to something else?)" };
    }
    await Deno.rename(draft, path);
    return { code: 0, message: `made ${path}` };
  } finally {
    await Deno.remove(draft).catch(() => {});
  }
}

async function run(program: string, args: readonly string[]) {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd: root }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

if (import.meta.main) {
  const { code, message } = await compile(Deno.execPath(), `${root}bin/paasc`);
  if (code === 0) console.log(message);
  else console.error(`compile: ${message}`);
  Deno.exitCode = code;
}
