/**
 * An example client in another language: a copy of its folder, made and run by the commands of its README.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { filesOfRepository } from "../house/import_graph.ts";
import { ROOT, text } from "../support/programs.ts";

/** Maximum time to install and to compile, in seconds. */
const LIMIT = 300;

/** What is printed where a registry cannot be reached: by pip, by npm, and by go. */
const UNREACHABLE = new RegExp(
  [
    ...["NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "SSLError"],
    ...["EAI_AGAIN", "ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"],
    ...["dial tcp", "i/o timeout", "TLS handshake timeout", "connection reset", "unexpected EOF"],
    ...["\\b(429|50[0234])\\b.*(Too Many|Error|Gateway|Unavailable)", "(Error|error) (429|50[0234])\\b"],
  ].join("|"),
);

/** What a client printed, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly stdout: Uint8Array<ArrayBuffer>;
  readonly stderr: Uint8Array<ArrayBuffer>;
}

/** The name of a folder of `examples/`, and a command of a shell that succeeds if this machine has the language. */
export interface Language {
  readonly name: string;
  readonly probe: string;
}

/** An example client that is ready to run. */
export class Example implements AsyncDisposable {
  private constructor(private readonly directory: string, private readonly folder: string, readonly usage: string) {}

  /**
   * Copies an example, and runs the commands of its README that make it. Downloads stay in the caches of pip, npm and Go,
   * so that only the first time is slow.
   *
   * @returns Nothing, and says so, where the language is missing or a registry cannot be reached
   */
  static async make({ name, probe }: Language): Promise<Example | undefined> {
    const directory = await Deno.makeTempDir();
    const [setup, usage] = await copy(name, directory);
    const example = new Example(directory, join(directory, "examples", name), usage);
    const why = await example.#missing(probe) ?? await example.#failed(setup);
    if (why === undefined) return example;
    console.warn(`SKIPPED: the example in ${name}, because ${why}`);
    await example[Symbol.asyncDispose]();
    return undefined;
  }

  async #missing(probe: string): Promise<string | undefined> {
    const { code, stderr } = await this.#run(["sh", "-c", probe]);
    return code === 0 ? undefined : `this machine does not have what it needs: ${lastLine(text(stderr))}`;
  }

  async #failed(setup: string): Promise<string | undefined> {
    const words = ["timeout", "--kill-after=10", `${LIMIT}`, "sh", "-euc", setup];
    const { code, stdout, stderr } = await this.#run(words);
    const printed = text(stdout) + text(stderr);
    if (code === 124 || code === 137) return `its installation took more than ${LIMIT} s`;
    if (code !== 0 && UNREACHABLE.test(printed)) return `a registry cannot be reached: ${lastLine(printed)}`;
    assertEquals(code, 0, printed);
    return undefined;
  }

  /** Runs the command that the README shows. */
  runUsage(server: string): Promise<Outcome> {
    return this.#run(["sh", "-c", this.usage], { PAASC_SERVER: server });
  }

  /** Runs another command by the same client. */
  run(server: string, words: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const [client, rest] = this.usage.split(" sh -c ");
    assert(client && rest, this.usage);
    return this.#run([...client.split(" "), ...words], { PAASC_SERVER: server, ...env });
  }

  async #run([program, ...args]: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const settings = { PAASC_CA: "", PAASC_CERT: "", PAASC_KEY: "", ...env }; // not those of whoever runs the tests
    return await new Deno.Command(program!, { args, cwd: this.folder, env: settings, stdin: "null" }).output();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Copies an example, and what it uses of the repository, and gives the commands of its README: to make and to run it. */
async function copy(name: string, directory: string): Promise<[setup: string, usage: string]> {
  const patterns = [`examples/${name}`, "proto/paas", "certs/*.crt", "certs/*.key"];
  for (const file of (await Promise.all(patterns.map((pattern) => filesOfRepository(pattern)))).flat()) {
    await Deno.mkdir(join(directory, dirname(file)), { recursive: true });
    await Deno.copyFile(join(ROOT, file), join(directory, file));
  }
  const page = await Deno.readTextFile(join(directory, "examples", name, "README.md"));
  const [setup, usage, ...more] = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) => block!.trimEnd());
  assert(
    setup && usage && more.length === 0,
    "a README has a block of commands that make the program, and one that runs it",
  );
  return [setup, usage];
}

function lastLine(printed: string): string {
  return printed.trimEnd().split("\n").at(-1)!;
}
