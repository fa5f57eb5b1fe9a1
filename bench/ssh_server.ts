/**
 * The peer to compare with: an `sshd` of our own on loopback, as the user who runs the benchmark.
 *
 * @module
 */
import { join } from "node:path";
import { until } from "../tests/until.ts";

/** A running `sshd`, and how to call a command through it. */
export class SshServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  readonly #port: number;

  private constructor(child: Deno.ChildProcess, directory: string, port: number) {
    this.#child = child;
    this.#directory = directory;
    this.#port = port;
  }

  /** Starts one; `undefined` where there is no sshd on this machine. */
  static async start(): Promise<SshServer | undefined> {
    const program = await firstThatExists(["/usr/sbin/sshd", "/usr/bin/sshd"]);
    if (!program) return undefined;
    const directory = await Deno.makeTempDir();
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
    if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true, mode: 0o755 }); // sshd(8) of root asks for it
    const child = new Deno.Command(program, {
      args: ["-D", "-f", join(directory, "config")],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await until("sshd listens", () => Deno.connect({ port }).then((c) => (c.close(), true), () => false));
    return new SshServer(child, directory, port);
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
      "127.0.0.1",
      line,
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.#directory, { recursive: true });
  }
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
