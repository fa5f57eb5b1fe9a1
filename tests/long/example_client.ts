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

/** What pip, npm and go print when a registry cannot be reached, or does not have what the example pins. */
const UNAVAILABLE = new RegExp(
  [
    ...["NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "No matching distribution"],
    ...["EAI_AGAIN", "ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "E404"],
    ...["dial tcp", "i/o timeout", "TLS handshake timeout", "connection reset", "unexpected EOF"],
    ...["\\b(404|410|429|50[0234])\\b.*(Not Found|Gone|Too Many|Error|Gateway|Unavailable)", "E(429|50[0234])\\b"],
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
export class ExampleClient implements AsyncDisposable {
  #stack = new AsyncDisposableStack();

  private constructor(private readonly folder: string, private readonly usage: string) {}

  /**
   * Copies an example, and runs the commands of its README that make it. Downloads stay in the caches of pip, npm and Go,
   * so that only the first time is slow.
   *
   * @returns Nothing, and says so, where the language is missing or a registry does not give what it needs
   */
  static async make({ name, probe }: Language): Promise<ExampleClient | undefined> {
    await using stack = new AsyncDisposableStack();
    const directory = await Deno.makeTempDir();
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const [setup, usage] = await copy(name, directory);
    const client = new ExampleClient(join(directory, "examples", name), usage);
    const why = await client.#missing(probe) ?? await client.#failed(setup);
    if (why === undefined) {
      client.#stack = stack.move();
      return client;
    }
    console.warn(`SKIPPED: the example in ${name}, because ${why}`);
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
    const unavailable = printed.split("\n").find((line) => UNAVAILABLE.test(line));
    if (code !== 0 && unavailable !== undefined) return `a registry does not give what it needs: ${unavailable}`;
    assertEquals(code, 0, printed);
    return undefined;
  }

  /** Runs the command that the README shows, with these variables. */
  runUsage(env: Record<string, string>): Promise<Outcome> {
    return this.#run(["sh", "-c", this.usage], env);
  }

  /** Runs another command by the same client. */
  run(words: string[], env: Record<string, string>): Promise<Outcome> {
    const [client, rest] = this.usage.split(" sh -c ");
    assert(client && rest, this.usage);
    return this.#run([...client.split(" "), ...words], env);
  }

  #run([program, ...args]: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const settings = { PAASC_CA: "", PAASC_CERT: "", PAASC_KEY: "", ...env }; // not those of whoever runs the tests
    return new Deno.Command(program!, { args, cwd: this.folder, env: settings, stdin: "null" }).output();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
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
