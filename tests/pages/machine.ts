/**
 * The machine that pages are written for: it has `sh`, coreutils and Paas, and nothing else.
 *
 * @module
 */
import { join } from "node:path";
import { BUNDLE_DIRECTORY } from "../../paasc/install/bundle.ts";
import { install, scriptFor } from "../../paasc/install/install.ts";
import { quote } from "../../paasc/install/script.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";
import { type Outcome, type RunOptions, Shell } from "./shell.ts";

/** The programs of GNU coreutils. */
const COREUTILS = `
  arch base32 base64 basename cat chgrp chmod chown cksum comm cp csplit cut date dd df dir dirname du echo env expand expr
  factor false fmt fold groups head hostid id install join link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl
  nohup nproc numfmt od paste pathchk pr printenv printf ptx pwd readlink realpath rm rmdir seq sha1sum sha224sum sha256sum
  sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate
  tsort tty uname unexpand uniq unlink users vdir wc who whoami yes`;

/** The path of a program of the machine that the test runs on; undefined if it has none of that name. */
export function pathOf(program: string): string | undefined {
  for (const directory of Deno.env.get("PATH")!.split(":")) {
    try {
      if (Deno.statSync(join(directory, program)).isFile) return join(directory, program);
    } catch {
      // It is not there.
    }
  }
  return undefined;
}

/**
 * The script `deno`. Pages use it for tasks in the checkout, for which a folder in the home stands: no page writes into the
 * real one. What `deno task` says of a task itself is no output of ours.
 */
const DENO = `#!/bin/sh
[ "$1" = task ] && shift && set -- task --quiet "$@"
[ "$PWD" = "$HOME/paas" ] && cd ${quote(ROOT)}
exec ${quote(Deno.execPath())} "$@"
`;

/** The script `paasd`. It listens on a free port: another program may have the usual one. */
const PAASD = `#!/bin/sh
cd ${quote(ROOT)} && PAASD_LISTEN=127.0.0.1:0 exec sh paasd/start.sh ${quote(Deno.execPath())} "$@"
`;

/** A machine of a page, with a running daemon, and alice's shell on it. */
export class Machine implements AsyncDisposable {
  readonly #directory: string;
  readonly #daemon: RunningDaemon;
  readonly #happened: string[] = [];
  /** The shell, in the folder that stands for the checkout. */
  readonly #shell: Shell;

  private constructor(directory: string, daemon: RunningDaemon, shell: Shell) {
    this.#directory = directory;
    this.#daemon = daemon;
    this.#shell = shell;
  }

  /**
   * Makes a machine.
   *
   * @param more Programs beyond `sh` and coreutils that it has
   */
  static async start(more: readonly string[] = []): Promise<Machine> {
    const directory = await Deno.makeTempDir({ prefix: "page-" });
    try {
      const [bin, home] = [join(directory, "bin"), join(directory, "home")];
      await Deno.mkdir(join(home, "paas"), { recursive: true });
      await install(bin, scriptFor(Deno.execPath(), join(ROOT, "paasc/main.ts"), join(BUNDLE_DIRECTORY, "main.js")));
      await Deno.writeTextFile(join(bin, "deno"), DENO, { mode: 0o755 });
      await Deno.writeTextFile(join(bin, "paasd"), PAASD, { mode: 0o755 });
      for (const program of ["sh", ...COREUTILS.trim().split(/\s+/), ...more]) {
        const path = pathOf(program);
        if (path) await Deno.symlink(path, join(bin, program));
      }
      const environment = { LC_ALL: "C", TZ: "UTC" };
      const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
      const daemon = await RunningDaemon.start(["--path", bin], environment);
      const shell = new Shell({
        program: join(bin, "sh"),
        script: pathOf("script") ?? "script",
        cwd: join(home, "paas"),
        directory,
        env: {
          ...environment,
          DENO_DIR: JSON.parse(text(stdout)).denoDir,
          HOME: home,
          NO_COLOR: "1",
          PAASC_SERVER: daemon.address,
          PATH: bin,
          TERM: "xterm",
        },
      });
      return new Machine(directory, daemon, shell);
    } catch (error) {
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }

  /** Runs a command of a page in the shell. The files of a daemon, which belong to root, lie in the home. */
  run(command: string, options?: RunOptions): Promise<Outcome> {
    return this.#shell.run(command.replaceAll("/etc/paas", "~/etc/paas"), options);
  }

  /** Runs a process of alice's with the label `app=shop`: something happens. */
  async happen(): Promise<void> {
    this.#happened.push((await this.#paasc("exec", "--label", "app=shop", "echo", "open")).trimEnd());
  }

  /** Removes what happened: pages do not know of it. */
  async tidy(): Promise<void> {
    const ids = this.#happened.splice(0);
    if (ids.length > 0) await this.#paasc("rm", "--force", ...ids);
  }

  async #paasc(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#daemon.paasc(words);
    if (code !== 0) throw new Error(`paasc ${words.join(" ")}: ${stderr}`);
    return text(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shell[Symbol.asyncDispose]();
    await this.#daemon[Symbol.asyncDispose]();
    await Deno.remove(this.#directory, { recursive: true });
  }
}
