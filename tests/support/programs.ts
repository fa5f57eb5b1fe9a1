/**
 * The real programs, for whole-system tests: a daemon started as `deno task paasd` does, and clients as the installed
 * `paasc` does. Commands that need nothing but the daemon run in the program of the test, which is faster.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { parseOptions } from "../../paasd/options/options.ts";
import { launcher, permissions } from "../../paasd/preflight/permissions.ts";
import { type Result, runCommand } from "./paasc/command.ts";
import { PAASC } from "./paasc/program.ts";
import { until } from "./until.ts";

/** The root directory of the repository. */
export const ROOT = join(import.meta.dirname!, "../..");

/** A running `paasc`. */
export class RunningClient implements AsyncDisposable {
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

  /** The text of its stdout so far. */
  get printed(): string {
    return text(Buffer.concat(this.#stdout));
  }

  /** Writes to its stdin. */
  async type(input: string | Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#stdin!.write(typeof input === "string" ? new TextEncoder().encode(input) : input).catch(() => {});
  }

  /** Closes its stdin. */
  async endInput(): Promise<void> {
    const stdin = this.#stdin;
    this.#stdin = undefined;
    await stdin?.close().catch(() => {}); // it may have ended
  }

  /** Sends a signal to it. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Closes the pipe of its stdout, for a client with `stalled`. */
  async closeOutput(): Promise<void> {
    await this.#child.stdout.cancel();
  }

  /** Waits for its end, and gives its output and exit code. */
  async result(): Promise<Result> {
    const [{ code }, stderr] = await Promise.all([this.#child.status, this.#stderr, this.#reading]);
    return { code, stderr, stdout: new Uint8Array(Buffer.concat(this.#stdout)) };
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

/** Options of a `paasc`. */
export interface ClientOptions {
  /** The user whose development certificate it shows; default is alice. */
  as?: "alice" | "bob" | undefined;
  /** True when nobody reads its stdout. */
  stalled?: boolean | undefined;
  /** The bytes on its stdin; default is none. With `open`, {@linkcode RunningClient.type} writes them later. */
  input?: Uint8Array<ArrayBuffer> | "open" | undefined;
}

/** Words of command lines that ask for more than the daemon: for stdin, a terminal, or the exit of the program. */
const OWN_PROGRAM: readonly string[] = ["run", "attach", "context", "completions", "version", "help", "doctor", "-"];

/** The variables of a `paasc` of this user. */
function environmentOf(user: "alice" | "bob"): Record<string, string> {
  return {
    PAASC_CONTEXT: "default", // not that of whoever runs the tests
    PAASC_CERT: join(ROOT, `certs/${user}.crt`),
    PAASC_KEY: join(ROOT, `certs/${user}.key`),
  };
}

/** Starts `paasc` with these words. */
export function startPaasc(
  words: string[],
  { as = "alice", stalled = false, input }: ClientOptions = {},
): RunningClient {
  const [program, ...args] = [...PAASC, ...words];
  const child = new Deno.Command(program!, {
    args,
    env: environmentOf(as),
    stdin: input ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return new RunningClient(child, { stalled, input });
}

/** How to start `paasd`, besides its flags and variables. */
export interface DaemonOptions {
  /** The limit of open files; default is that of this program. */
  descriptors?: number | undefined;
  /** Commands of bash that run before `start.sh`, for what the daemon inherits. */
  prelude?: string | undefined;
  /** True to start the daemon by `start.sh`, which takes longer; a prelude, or `--run-as`, does so too. */
  byScript?: boolean | undefined;
}

/**
 * The flags of Deno that `start.sh` would start a daemon with. `undefined` when only the script can do it: it has to say
 * what is wrong with the flags of `paasd`, or to change the account.
 */
function denoFlags(flags: string[], env: Record<string, string>): string[] | undefined {
  try {
    const invocation = parseOptions(flags, new Map(Object.entries({ ...Deno.env.toObject(), ...env })));
    if (invocation.action !== "serve" || launcher(invocation.options).length > 0) return undefined;
    return ["--no-prompt", "--v8-flags=--initial-old-space-size=64", ...permissions(invocation.options)];
  } catch {
    return undefined;
  }
}

/** A running `paasd` on a port of its own. */
export class RunningDaemon implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  /** The file that the daemon logs to. Not a pipe: a test must not end with a read of another test's daemon. */
  readonly #logFile: string;
  #wholeLog: string | undefined;
  /** The daemon's stdout. */
  readonly stdout: string;
  /** The address that the daemon listens on. */
  readonly address: string;

  private constructor(child: Deno.ChildProcess, logFile: string, stdout: string) {
    this.#child = child;
    this.#logFile = logFile;
    this.stdout = stdout;
    this.address = stdout.trim().split(" ").at(-1)!;
  }

  /** Starts a daemon with these flags and variables, and waits until it is ready. */
  static async start(
    flags: string[] = [],
    env: Record<string, string> = {},
    { descriptors, prelude = "", byScript = false }: DaemonOptions = {},
  ): Promise<RunningDaemon> {
    const words = ["--listen", "127.0.0.1:0", ...flags];
    const direct = byScript || prelude !== "" ? undefined : denoFlags(words, env);
    const limit = descriptors === undefined ? "" : `ulimit -n ${descriptors}; `;
    const logFile = await Deno.makeTempFile({ prefix: "paasd-log-" });
    const child = new Deno.Command("bash", {
      args: direct
        ? [
          "-c",
          `${limit}ulimit -c 0; export PAASD_OPEN_FILES=$(ulimit -H -n); exec "$@" 2>"$0"`, // as start.sh does
          logFile,
          ...[Deno.execPath(), "run", ...direct, "paasd/main.ts", ...words],
        ]
        : ["-c", `exec 2>"$0"; ${prelude}${limit}exec sh paasd/start.sh "$@"`, logFile, Deno.execPath(), ...words],
      cwd: ROOT,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let stdout = "";
    while (!stdout.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) {
        await child.status;
        const log = await Deno.readTextFile(logFile);
        await Deno.remove(logFile);
        throw new Error(`paasd did not start: ${log}`);
      }
      stdout += value;
    }
    reader.releaseLock();
    return new RunningDaemon(child, logFile, stdout);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The port it listens on. */
  get port(): number {
    return Number(this.address.split(":").at(-1));
  }

  /** The text of its log so far. */
  get log(): string {
    return this.#wholeLog ?? Deno.readTextFileSync(this.#logFile);
  }

  /** Its resident size in MiB. */
  residentSize(): Promise<number> {
    return this.#memory("VmRSS");
  }

  /** Its largest resident size so far, in MiB. */
  peakSize(): Promise<number> {
    return this.#memory("VmHWM");
  }

  async #memory(line: string): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.pid}/status`);
    return Number(new RegExp(`${line}:\\s*(\\d+) kB`).exec(status)![1]) / 1024;
  }

  /** The number of its open file descriptors. */
  descriptors(): number {
    return [...Deno.readDirSync(`/proc/${this.pid}/fd`)].length;
  }

  /** The words that run `paasc` against this daemon. */
  paascCommand(words: string[]): string[] {
    return [...PAASC, "--server", this.address, ...words];
  }

  /** Starts `paasc` against this daemon. */
  startPaasc(words: string[], options?: ClientOptions): RunningClient {
    return startPaasc(["--server", this.address, ...words], options);
  }

  /** Runs `paasc` against this daemon to its end: in this program, unless the command needs one of its own. */
  paasc(words: string[], options: ClientOptions = {}): Promise<Result> {
    const ownProgram = options.stalled || options.input || words.some((word) => OWN_PROGRAM.includes(word));
    return ownProgram
      ? this.startPaasc(words, options).result()
      : runCommand(["--server", this.address, ...words], environmentOf(options.as ?? "alice"));
  }

  /** Runs `paasc exec`, which must succeed, and gives the id of the process. */
  async exec(args: string[], options?: ClientOptions): Promise<string> {
    const { code, stdout, stderr } = await this.paasc(["exec", ...args], options);
    assertEquals([code, stderr], [0, ""]);
    return text(stdout).trimEnd();
  }

  /** Runs the command `paasc status`, and gives the line that it prints. */
  async status(id: string): Promise<string> {
    return text((await this.paasc(["status", id])).stdout).trimEnd();
  }

  /** Waits until `paasc status` prints this line. */
  async untilStatus(id: string, line: string): Promise<void> {
    await until(`status is ${JSON.stringify(line)}`, async () => await this.status(id) === line);
  }

  /** Sends a signal to it. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end, and gives its exit code (128 + n after a signal). */
  async exitCode(): Promise<number> {
    const { code } = await this.#child.status;
    if (this.#wholeLog === undefined) {
      this.#wholeLog = Deno.readTextFileSync(this.#logFile);
      Deno.removeSync(this.#logFile);
    }
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

/**
 * One daemon for all tests of a file that need neither flags nor a daemon of their own. It starts before the first of
 * them, and ends after the last.
 */
export function sharedDaemon(...flags: string[]): () => RunningDaemon {
  let daemon: RunningDaemon | undefined;
  Deno.test.beforeAll(async () => void (daemon = await RunningDaemon.start(flags)));
  Deno.test.afterAll(async () => await daemon?.[Symbol.asyncDispose]());
  return () => daemon!;
}

/** Gives a test a daemon with these flags whose spool is in a directory of its own, and removes both. */
export async function withSpool(
  flags: string[],
  test: (daemon: RunningDaemon, spool: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const spool = join(directory, "spool");
    await using daemon = await RunningDaemon.start(["--spool-dir", spool, ...flags]);
    await test(daemon, spool);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Decodes UTF-8. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
