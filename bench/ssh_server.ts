/**
 * The peer to compare with: an `sshd` of our own on loopback, run as an ordinary user: the one who runs the benchmark, or,
 * where that is root, the first one who may log in. An sshd that is not root's lets in nobody but its own user.
 *
 * @module
 */
import { join } from "node:path";
import { until } from "../tests/support/until.ts";

/** A running `sshd`, and how to call a command through it. */
export class SshServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  readonly #port: number;
  /** Who runs it. */
  readonly user: string;

  private constructor(child: Deno.ChildProcess, directory: string, port: number, user: string) {
    this.#child = child;
    this.#directory = directory;
    this.#port = port;
    this.user = user;
  }

  /** Starts one; `undefined` where there is no sshd on this machine. */
  static async start(): Promise<SshServer | undefined> {
    const program = await firstThatExists(["/usr/sbin/sshd", "/usr/bin/sshd"]);
    if (!program) return undefined;
    const user = await ordinaryUser();
    const directory = await Deno.makeTempDir({ prefix: "paas-bench-ssh-" });
    await generateKey(join(directory, "host"));
    await generateKey(join(directory, "user"));
    await Deno.copyFile(join(directory, "user.pub"), join(directory, "authorized"));
    const port = freePort();
    await Deno.writeTextFile(
      join(directory, "config"),
      [
        `Port ${port}`,
        "ListenAddress 127.0.0.1",
        `HostKey ${join(directory, "host")}`,
        `AuthorizedKeysFile ${join(directory, "authorized")}`,
        "PermitRootLogin prohibit-password",
        "StrictModes no",
        "UsePAM no",
        "PidFile none",
      ].join("\n"),
    );
    const words = [program, "-D", "-f", join(directory, "config")];
    if (user.switch) {
      for (const path of [directory, ...["host", "authorized", "config"].map((name) => join(directory, name))]) {
        await Deno.chown(path, user.uid, user.gid);
      }
      words.unshift("setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups");
    } else if (user.uid === 0) {
      await Deno.mkdir("/run/sshd", { recursive: true, mode: 0o755 }); // sshd(8) of root asks for it
    }
    const child = new Deno.Command(words[0]!, {
      args: words.slice(1),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const server = new SshServer(child, directory, port, user.name);
    try {
      await until("sshd listens", () => Deno.connect({ port }).then((c) => (c.close(), true), () => false));
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** The words that run a command line over a fresh connection. */
  command(line: string): string[] {
    const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
    const words = options.flatMap((option) => ["-o", option]);
    return [
      "ssh",
      "-F",
      "none",
      "-p",
      String(this.#port),
      "-i",
      join(this.#directory, "user"),
      ...words,
      `${this.user}@127.0.0.1`,
      line,
    ];
  }

  /** A connection that is open already, for commands over its control socket (ssh_config(5), ControlPath). */
  async shareConnection(): Promise<{ command(line: string): string[] } & AsyncDisposable> {
    const socket = join(this.#directory, "control");
    const words = (options: string[], line: string) => {
      const [ssh, ...others] = this.command(line);
      return [ssh!, ...options, ...others];
    };
    const [program, ...args] = words(["-M", "-N", "-S", socket], "");
    const master = new Deno.Command(program!, { args: args.slice(0, -1), stdout: "null", stderr: "null" }).spawn();
    await until("the connection is there", () => Deno.stat(socket).then(() => true, () => false));
    return {
      command: (line) => words(["-S", socket], line),
      [Symbol.asyncDispose]: async () => {
        master.kill("SIGTERM");
        await master.status;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** A line of passwd(5). */
interface User {
  name: string;
  uid: number;
  gid: number;
  /** Whether it is another one than who runs this. */
  switch: boolean;
}

/** Who runs this; for root the first user who may log in, where there is one and setpriv(1) too. */
async function ordinaryUser(): Promise<User> {
  const users = (await Deno.readTextFile("/etc/passwd")).trim().split("\n").map((line) => line.split(":"));
  const own = Deno.uid() ?? 0;
  const ordinary = ([, , uid, , , , shell]: string[]) =>
    Number(uid) >= 1000 && Number(uid) < 60_000 && !/\/(nologin|false)$/.test(shell ?? "");
  const other = own === 0 && await firstThatExists(["/usr/bin/setpriv"]) && users.find(ordinary);
  const [name, , uid, gid] = other || users.find(([, , uid]) => Number(uid) === own) || [];
  if (name === undefined) throw new Error(`There is no user ${own} in /etc/passwd`);
  return { name, uid: Number(uid), gid: Number(gid), switch: Boolean(other) };
}

async function generateKey(path: string): Promise<void> {
  const { success } = await new Deno.Command("ssh-keygen", { args: ["-q", "-t", "ed25519", "-N", "", "-f", path] })
    .output();
  if (!success) throw new Error("ssh-keygen failed");
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function firstThatExists(paths: string[]): Promise<string | undefined> {
  for (const path of paths) if (await Deno.stat(path).then(() => true, () => false)) return path;
  return undefined;
}
