/**
 * A run of the benchmark: sizes, a directory, daemons, an sshd, and commands with much output.
 *
 * @module
 */
import { join } from "node:path";
import { bundle } from "../paasc/install/bundle.ts";
import { install, scriptFor } from "../paasc/install/install.ts";
import { ROOT, RunningDaemon } from "../tests/support/programs.ts";
import { SshServer } from "./ssh_server.ts";

/** Sizes of a run. */
export interface Sizes {
  /** Number of measurements of each side. */
  rounds: number;
  /** Length of a log, in bytes. Some figures take 5 or 10 times as much. */
  bytes: number;
}

/** A run. Its disposal ends all daemons and removes all files of it. */
export class BenchRun implements AsyncDisposable {
  readonly rounds: number;
  readonly bytes: number;
  readonly #daemons = new Set<Promise<RunningDaemon>>();
  #gates = 0;
  #over = false;

  private constructor(
    sizes: Sizes,
    readonly directory: string,
    /** The installed paasc. */
    readonly program: string,
    readonly ssh: SshServer | undefined,
  ) {
    this.rounds = sizes.rounds;
    this.bytes = sizes.bytes;
  }

  static async make(sizes: Sizes): Promise<BenchRun> {
    const directory = await Deno.makeTempDir({ prefix: "paas-bench-" });
    await Deno.chmod(directory, 0o711); // the user of the sshd comes through a gate and reads a file here
    try {
      const script = scriptFor(Deno.execPath(), join(ROOT, "paasc/main.ts"), await bundle(Deno.execPath()));
      return new BenchRun(sizes, directory, await install(directory, script), await SshServer.start());
    } catch (error) {
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }

  /** Starts a daemon with these flags. Its spool is in the directory of the run. */
  startDaemon(flags: string[] = []): Promise<RunningDaemon> {
    if (this.#over) throw new Error("The run is over");
    const daemon = RunningDaemon.start(flags, { XDG_RUNTIME_DIR: this.directory });
    this.#daemons.add(daemon);
    return daemon;
  }

  /** Makes a closed gate. */
  gate(): Gate {
    return new Gate(join(this.directory, `gate-${this.#gates++}`));
  }

  /** Gives the words that run the installed paasc against a daemon. */
  paasc(daemon: RunningDaemon, ...words: string[]): string[] {
    return [this.program, "--server", daemon.address, ...words];
  }

  /** Gives the words that print a log, without a new connection after a lost one. */
  paascLogs(daemon: RunningDaemon, ...words: string[]): string[] {
    return this.paasc(daemon, "logs", "--reconnect", "0s", ...words);
  }

  /** Ends all daemons that are left, at once if they are ending already. */
  async endDaemons(): Promise<void> {
    for (const started of this.#daemons) {
      const daemon = await started.catch(() => undefined); // its caller has the error
      await daemon?.[Symbol.asyncDispose]();
    }
    this.#daemons.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.endDaemons();
    await this.ssh?.[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** A gate that holds a process back, so that its preparation is not measured. */
export class Gate {
  constructor(readonly path: string) {}

  /** Gives a command line that prints `ready`, waits for the gate (at most a minute), and runs another one. */
  before(line: string): string {
    const wait = `n=0; until [ -e ${this.path} ] || [ $n -ge 6000 ]; do n=$((n + 1)); sleep 0.01; done`;
    return `echo ready; ${wait}; ${line}`;
  }

  async open(): Promise<void> {
    await Deno.writeTextFile(this.path, "");
  }
}

/** Gives a command line that prints a number of bytes at full speed: zeros, or lines of 100 bytes. */
export function flood(content: "zeros" | "lines", bytes: number): string {
  return content === "zeros" ? `head -c ${bytes} /dev/zero` : `yes ${"x".repeat(99)} | head -c ${bytes}`;
}

/** Gives a command line that prints the time, in seconds, again and again. It forks nothing, so the time is that of the print. */
export function clock(times: number, intervalMs: number): string {
  const pause = `read -rt ${intervalMs / 1000} -u 3`;
  return quoted([
    "bash",
    "-c",
    `exec 3<> <(:); for ((i = 0; i < ${times}; i++)); do echo $EPOCHREALTIME; ${pause}; done`,
  ]);
}

/** Quotes words for a shell. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
