/**
 * The real programs, for whole-system tests: a daemon started as `deno task paasd` does, and clients as `deno task
 * paasc`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { RUN_FLAGS } from "../../paasc/install/run_flags.ts";
import { until } from "./until.ts";

/** The top of the repository. */
export const ROOT = join(import.meta.dirname!, "../..");

/** What a program printed, and how it ended. */
export interface Result {
  /** The exit code; 128 + n after a signal. */
  code: number;
  /** What it wrote, byte for byte. */
  stdout: Uint8Array<ArrayBuffer>;
  /** What it said. */
  stderr: string;
}

/** A running `paasc`. */
export class Client implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #stderr: Promise<string>;
  #stdout: Uint8Array<ArrayBuffer>[] = [];
  #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | undefined;

  constructor(child: Deno.ChildProcess, { stalled, input }: Pick<ClientOptions, "stalled" | "input">) {
    this.#child = child;
    if (input) this.#stdin = child.stdin.getWriter();
    if (input && input !== "open") this.type(input).then(() => this.endInput());
    this.#stderr = new Response(child.stderr).text();
    this.#reading = stalled ? Promise.resolve() : this.#read();
  }

  async #read(): Promise<void> {
    for await (const bytes of this.#child.stdout) this.#stdout.push(bytes);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What it has printed so far. */
  get printed(): string {
    return new TextDecoder().decode(concat(this.#stdout));
  }

  /** Gives it something on stdin. */
  async type(input: string | Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#stdin!.write(typeof input === "string" ? new TextEncoder().encode(input) : input).catch(() => {});
  }

  /** Ends its stdin. */
  async endInput(): Promise<void> {
    const stdin = this.#stdin;
    this.#stdin = undefined;
    await stdin?.close().catch(() => {}); // it may have ended
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Closes the pipe that it prints to; for one that was started with `stalled`. */
  async closeOutput(): Promise<void> {
    await this.#child.stdout.cancel();
  }

  /** Its end. */
  async result(): Promise<Result> {
    const [{ code }, stderr] = await Promise.all([this.#child.status, this.#stderr, this.#reading]);
    return { code, stderr, stdout: concat(this.#stdout) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.endInput();
    if (!this.#child.stdout.locked) await this.#child.stdout.cancel();
    await this.result();
  }
}

/** How to call `paasc`. */
export interface ClientOptions {
  /** The development certificate to show; default is alice's. */
  as?: "alice" | "bob" | undefined;
  /** Whether nobody reads its stdout. */
  stalled?: boolean | undefined;
  /** What it gets on stdin; `open` is what {@linkcode Client.type} gives it. Default is nothing. */
  input?: Uint8Array<ArrayBuffer> | "open" | undefined;
}

/** Starts `paasc` with these words, whatever they are. */
export function startPaasc(words: string[], { as = "alice", stalled = false, input }: ClientOptions = {}): Client {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...RUN_FLAGS, join(ROOT, "paasc/main.ts"), ...words],
    env: {
      PAASC_CONTEXT: "default", // not that of whoever runs the tests
      PAASC_CERT: join(ROOT, `certs/${as}.crt`),
      PAASC_KEY: join(ROOT, `certs/${as}.key`),
    },
    stdin: input ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return new Client(child, { stalled, input });
}

/** A running `paasd` on a port of its own. */
export class Daemon implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stderr: { text: string; end: Promise<void> };
  /** What it printed on stdout. */
  readonly stdout: string;
  /** Where it listens. */
  readonly address: string;

  private constructor(child: Deno.ChildProcess, stdout: string, stderr: { text: string; end: Promise<void> }) {
    this.#child = child;
    this.#stderr = stderr;
    this.stdout = stdout;
    this.address = stdout.trim().split(" ").at(-1)!;
  }

  /**
   * Starts a daemon with these flags, and waits until it is ready.
   *
   * @param descriptors How many file descriptors it may have; default is as many as this program.
   * @param prelude What bash does before: what the daemon inherits.
   */
  static async start(
    flags: string[] = [],
    env: Record<string, string> = {},
    descriptors?: number,
    prelude = "",
  ): Promise<Daemon> {
    const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
    const child = new Deno.Command("bash", {
      args: [
        "-c",
        `${prelude}${limit}exec sh paasd/start.sh "$@"`,
        "sh",
        Deno.execPath(),
        "--listen",
        "127.0.0.1:0",
        ...flags,
      ],
      cwd: ROOT,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log = { text: "", end: Promise.resolve() };
    log.end = (async () => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) log.text += text;
    })();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let stdout = "";
    while (!stdout.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) {
        await child.status;
        throw new Error(`paasd did not start: ${(await log.end, log.text)}`);
      }
      stdout += value;
    }
    reader.releaseLock();
    return new Daemon(child, stdout, log);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The port it listens on. */
  get port(): number {
    return Number(this.address.split(":").at(-1));
  }

  /** What it has logged so far. */
  get log(): string {
    return this.#stderr.text;
  }

  /** Its resident size in MiB. */
  residentSize(): Promise<number> {
    return this.#memory("VmRSS");
  }

  /** The largest resident size that it has had so far, in MiB. */
  peakSize(): Promise<number> {
    return this.#memory("VmHWM");
  }

  async #memory(line: string): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.pid}/status`);
    return Number(new RegExp(`${line}:\\s*(\\d+) kB`).exec(status)![1]) / 1024;
  }

  /** How many file descriptors it has open. */
  descriptors(): number {
    return [...Deno.readDirSync(`/proc/${this.pid}/fd`)].length;
  }

  /** The words that run `paasc` against this daemon. */
  paascCommand(words: string[]): string[] {
    const main = join(ROOT, "paasc/main.ts");
    return [Deno.execPath(), "run", ...RUN_FLAGS, main, "--server", this.address, ...words];
  }

  /** Starts `paasc` against this daemon. */
  startPaasc(words: string[], options?: ClientOptions): Client {
    return startPaasc(["--server", this.address, ...words], options);
  }

  /** Runs `paasc` against this daemon to its end. */
  paasc(words: string[], options?: ClientOptions): Promise<Result> {
    return this.startPaasc(words, options).result();
  }

  /** `paasc exec`, which must succeed; gives the id. */
  async exec(args: string[], options?: ClientOptions): Promise<string> {
    const { code, stdout, stderr } = await this.paasc(["exec", ...args], options);
    assertEquals([code, stderr], [0, ""]);
    return text(stdout).trimEnd();
  }

  /** The line that `paasc status` prints. */
  async status(id: string): Promise<string> {
    return text((await this.paasc(["status", id])).stdout).trimEnd();
  }

  /** Waits until `paasc status` prints this line. */
  async untilStatus(id: string, line: string): Promise<void> {
    await until(`status is ${JSON.stringify(line)}`, async () => await this.status(id) === line);
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end; gives its exit code (128 + n after a signal). */
  async exitCode(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#stderr.end;
    if (!this.#child.stdout.locked) await this.#child.stdout.cancel();
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    await this.exitCode();
  }
}

/** Bytes as text. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Whether a process of this id lives: it exists and is no zombie. */
export async function lives(pid: number): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    return false;
  }
}

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
