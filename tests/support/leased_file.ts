/**
 * A file that hangs its readers, as on a network file system without a server.
 *
 * @module
 */

/** Makes a program whose execve(2) does not return: another process holds a lease on its file (fcntl(2), F_SETLEASE). */
export async function leased(directory: string): Promise<{ path: string } & AsyncDisposable> {
  const path = `${directory}/leased`;
  await Deno.copyFile("/bin/true", path);
  await Deno.chmod(path, 0o755);
  const [setLease, writeLock] = [1024, 1]; // F_SETLEASE, F_WRLCK
  const script = `$SIG{IO} = "IGNORE"; open(my $file, "<", $ARGV[0]) or exit 1;
fcntl($file, ${setLease}, ${writeLock}) or exit 2; $| = 1; print "held\\n"; <STDIN>`;
  const child = new Deno.Command("perl", { args: ["-e", script, path], stdin: "piped", stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  for (let said = ""; !said.endsWith("\n");) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`No lease can be had on ${path}: exit code ${(await child.status).code}`);
    said += new TextDecoder().decode(value);
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}
