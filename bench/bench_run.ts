/**
 * What figures are measured in: sizes, a directory, daemons, an sshd; and programs that print much.
 *
 * @module
 */
import { join } from "node:path";
import { bundle } from "../paasc/install/bundle.ts";
import { install, scriptFor } from "../paasc/install/install.ts";
import { ROOT, RunningDaemon } from "../tests/support/programs.ts";
import { SshServer } from "./ssh_server.ts";

/** The sizes of a run. */
export interface Sizes {
  /** How often each side is measured. */
  rounds: number;
  /** How long a log is, in bytes; some figures take 5 or 10 times that. */
  bytes: number;
}

/** Where a run takes place. All that it started and made is gone when it is disposed of. */
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

  /** A new daemon with these flags; its spool lies in the directory of this run, and goes with it. */
  startDaemon(flags: string[] = []): Promise<RunningDaemon> {
    if (this.#over) throw new Error("The run is over");
    const daemon = RunningDaemon.start(flags, { XDG_RUNTIME_DIR: this.directory });
    this.#daemons.add(daemon);
    return daemon;
  }

  /** A new gate, closed. */
  gate(): Gate {
    return new Gate(join(this.directory, `gate-${this.#gates++}`));
  }

  /** The words that run the installed paasc against a daemon. */
  paasc(daemon: RunningDaemon, ...words: string[]): string[] {
    return [this.program, "--server", daemon.address, ...words];
  }

  /** The words that print a log; they do not wait for a daemon that is gone to come again. */
  paascLogs(daemon: RunningDaemon, ...words: string[]): string[] {
    return this.paasc(daemon, "logs", "--reconnect", "0s", ...words);
  }

  /** Ends all daemons that are left; one that is ending already does so at once at this second word. */
  async endDaemons(): Promise<void> {
    for (const started of this.#daemons) {
      const daemon = await started.catch(() => undefined); // who asked for it has been told
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

/** Holds a process back until everything is ready, so that only what it then does is measured. */
export class Gate {
  constructor(readonly path: string) {}

  /** A command line that prints `ready`, waits for the gate (a minute at most), and goes on with another one. */
  before(line: string): string {
    const wait = `n=0; until [ -e ${this.path} ] || [ $n -ge 6000 ]; do n=$((n + 1)); sleep 0.01; done`;
    return `echo ready; ${wait}; ${line}`;
  }

  async open(): Promise<void> {
    await Deno.writeTextFile(this.path, "");
  }
}

/** A command line that prints so many bytes as fast as it can: lines of 100 bytes, or no lines at all. */
export function flood(content: "zeros" | "lines", bytes: number): string {
  return content === "zeros" ? `head -c ${bytes} /dev/zero` : `yes ${"x".repeat(99)} | head -c ${bytes}`;
}

/** A command line that prints the time, in seconds, so many times. It forks nothing, so the time is that of printing. */
export function clock(times: number, intervalMs: number): string {
  const pause = `read -rt ${intervalMs / 1000} -u 3`;
  return quoted([
    "bash",
    "-c",
    `exec 3<> <(:); for ((i = 0; i < ${times}; i++)); do echo $EPOCHREALTIME; ${pause}; done`,
  ]);
}

/** Words as a shell reads them. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
