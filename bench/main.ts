/**
 * `deno task bench [ROUNDS] [MEGABYTES]`: how Paas compares with `ssh` on this machine, side by side in the same run. Each
 * round measures both of a pair in turn; what counts is the ratio of their medians, for the machine is never quiet.
 *
 * @module
 */
import { join } from "node:path";
import { runFlags } from "../paasc/run_flags.ts";
import { Daemon, ROOT } from "../tests/paas.ts";
import { SshServer } from "./ssh_server.ts";

const rounds = Number(Deno.args[0] ?? 5);
const bytes = Number(Deno.args[1] ?? 256) * 1024 * 1024;

/** Lines of 100 bytes, and no lines at all. */
const LINES = `yes ${"x".repeat(99)} | head -c ${bytes}`;
const ZEROS = `head -c ${bytes} /dev/zero`;

/** Prints the time when it prints it, twenty times a second. */
const CLOCK = "for i in $(seq 100); do date +%s%N; sleep 0.05; done";

/** A figure: what is measured of each of the two, in turn. */
interface Figure {
  name: string;
  unit: string;
  paas: () => Promise<number>;
  peer: () => Promise<number>;
}

/** The words that run paasc against a daemon. */
function paasc(daemon: Daemon, ...words: string[]): string[] {
  return [Deno.execPath(), "run", ...runFlags, join(ROOT, "paasc/main.ts"), "--server", daemon.address, ...words];
}

/** Runs words to their end, and gives the megabytes per second that they printed. */
async function throughput(words: string[], begin = performance.now()): Promise<number> {
  const line = `${words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")} | wc -c`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", line], stderr: "inherit" }).output();
  const printed = Number(new TextDecoder().decode(stdout));
  if (printed !== bytes) throw new Error(`${printed} bytes came instead of ${bytes}`);
  return bytes / 1e3 / (performance.now() - begin);
}

/**
 * Runs words that print the time, and gives how late each line came, in milliseconds, sorted. What was printed before the
 * first one came waited for the connection, not for the way.
 */
async function delays(words: string[]): Promise<number[]> {
  const child = new Deno.Command(words[0]!, { args: words.slice(1), stdout: "piped", stderr: "inherit" }).spawn();
  const late: number[] = [];
  let first: number | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const now = performance.timeOrigin + performance.now();
    first ??= now;
    for (const printed of text.trim().split("\n").map((line) => Number(line) / 1e6)) {
      if (printed > first) late.push(now - printed);
    }
  }
  await child.status;
  return late.sort((a, b) => a - b);
}

/** Runs words to their end, and gives how long that took, in milliseconds. */
async function duration(words: string[]): Promise<number> {
  const begin = performance.now();
  const { success } = await new Deno.Command(words[0]!, { args: words.slice(1), stdout: "null", stderr: "inherit" })
    .output();
  if (!success) throw new Error(`${words[0]} failed`);
  return performance.now() - begin;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const quantile = (sorted: number[], q: number) => sorted[Math.floor((sorted.length - 1) * q)]!;

/** Figures of logs: a finished one, one that is written as fast as can be, and the delay of a single line. */
async function figures(daemon: Daemon, ssh: SshServer, directory: string): Promise<Figure[]> {
  const finished = async (line: string) => {
    const id = await daemon.exec(["sh", "-c", line]);
    await daemon.untilStatus(id, "Status: finished (exit code 0)");
    return id;
  };
  const live = async (line: string) => {
    const begin = performance.now();
    return await throughput(paasc(daemon, "logs", await daemon.exec(["sh", "-c", line])), begin);
  };
  const clock = (q: number) => async () =>
    quantile(await delays(paasc(daemon, "logs", await daemon.exec(["sh", "-c", CLOCK]))), q);
  const sshClock = (q: number) => async () => quantile(await delays(ssh.command(CLOCK)), q);
  const file = join(directory, "lines");
  await new Deno.Command("sh", { args: ["-c", `${LINES} > ${file}`] }).output();
  const [zeros, lines] = [await finished(ZEROS), await finished(LINES)];
  return [
    {
      name: "history, no lines",
      unit: "MB/s",
      paas: () => throughput(paasc(daemon, "logs", zeros)),
      peer: () => throughput(ssh.command(ZEROS)),
    },
    {
      name: "history, lines of 100 bytes",
      unit: "MB/s",
      paas: () => throughput(paasc(daemon, "logs", lines)),
      peer: () => throughput(ssh.command(`cat ${file}`)),
    },
    { name: "live, no lines", unit: "MB/s", paas: () => live(ZEROS), peer: () => throughput(ssh.command(ZEROS)) },
    {
      name: "live, lines of 100 bytes",
      unit: "MB/s",
      paas: () => live(LINES),
      peer: () => throughput(ssh.command(LINES)),
    },
    { name: "delay of a line, median", unit: "ms", paas: clock(0.5), peer: sshClock(0.5) },
    { name: "delay of a line, p99", unit: "ms", paas: clock(0.99), peer: sshClock(0.99) },
    {
      name: "start a command, fresh connection",
      unit: "ms",
      paas: () => duration(paasc(daemon, "exec", "true")),
      peer: () => duration(ssh.command("true")),
    },
  ];
}

await using ssh = await SshServer.start();
if (!ssh) {
  console.log("There is no sshd on this machine to compare with: install Debian's openssh-server");
  Deno.exit(0);
}
const directory = await Deno.makeTempDir();
try {
  await using daemon = await Daemon.start(["--spool-dir", join(directory, "spool")]);
  console.log(`| figure (medians of ${rounds} rounds, ${bytes >> 20} MiB) | Paas | ssh | unit | ratio |`);
  console.log("|---|---|---|---|---|");
  for (const { name, unit, paas, peer } of await figures(daemon, ssh, directory)) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await paas());
      theirs.push(await peer());
    }
    const [a, b] = [median(ours), median(theirs)];
    console.log(`| ${name} | ${a.toFixed(1)} | ${b.toFixed(1)} | ${unit} | ${(a / b).toFixed(2)} |`);
  }
  console.log(`\nDaemon: ${(await daemon.residentSize()).toFixed(0)} MiB resident.`);
} finally {
  await Deno.remove(directory, { recursive: true });
}
