/**
 * A file that does not answer, as on a network file system that hangs.
 *
 * @module
 */

/** A program whose execve(2) does not return: somebody has a lease on its file (fcntl(2), F_SETLEASE). */
export async function leased(directory: string): Promise<{ path: string } & AsyncDisposable> {
  const path = `${directory}/leased`;
  await Deno.copyFile("/bin/true", path);
  await Deno.chmod(path, 0o755);
  const script = `import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
fcntl.fcntl(os.open(sys.argv[1], os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
sys.stdin.read()`;
  const child = new Deno.Command("python3", { args: ["-c", script, path], stdin: "piped", stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  let said = "";
  while (!said.endsWith("\n")) said += new TextDecoder().decode((await reader.read()).value);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}
