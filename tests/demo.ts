/**
 * `deno task demo`: the main job of Paas on a real command, step by step, through the real programs.
 *
 * @module
 */
import { RUN_FLAGS } from "../paasc/install/run_flags.ts";

/** Takes some seconds and writes to stdout and stderr, as a build does. */
const BUILD = `for step in fetch compile link test; do
  echo "[$step] running"; sleep 0.8
  if [ $step = compile ]; then echo "[compile] warning: unused variable" >&2; fi
done
echo "build finished"`;

const colored = !Deno.env.get("NO_COLOR") && Deno.stdout.isTerminal();

function say(text: string): void {
  console.log(colored ? `\n\x1b[1;36m# ${text}\x1b[0m` : `\n# ${text}`);
}

/** Starts the daemon as `deno task paasd` does; gives its address once it listens. */
async function startDaemon(): Promise<{ daemon: Deno.ChildProcess; address: string }> {
  const daemon = new Deno.Command("sh", {
    args: ["paasd/start.sh", Deno.execPath(), "--listen", "127.0.0.1:0"],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  for await (const line of daemon.stdout.pipeThrough(new TextDecoderStream())) {
    console.log(line.trimEnd());
    return { daemon, address: line.trim().split(" ").at(-1)! };
  }
  throw new Error("paasd did not start");
}

function paascCommand(address: string, words: string[], stdout: "inherit" | "piped"): Deno.Command {
  console.log(`$ paasc ${words.map((word) => /^[\w./-]+$/.test(word) ? word : `'${word}'`).join(" ")}`);
  const args = ["run", ...RUN_FLAGS, "paasc/main.ts", "--server", address, ...words];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout, stderr: "inherit" });
}

/** Runs `paasc` and shows what it prints, as it prints it. */
async function show(address: string, ...words: string[]): Promise<void> {
  const { success } = await paascCommand(address, words, "inherit").spawn().status;
  if (!success) throw new Error(`paasc ${words[0]} failed`);
}

/** Runs `paasc exec`, and gives the id that it prints. */
async function exec(address: string, ...words: string[]): Promise<string> {
  const { success, stdout } = await paascCommand(address, ["exec", ...words], "piped").output();
  if (!success) throw new Error("paasc exec failed");
  const id = new TextDecoder().decode(stdout).trim();
  console.log(id);
  return id;
}

say("A daemon on loopback. It logs a line for each call below.");
const { daemon, address } = await startDaemon();
try {
  say("Start a command that takes some seconds.");
  const build = await exec(address, "sh", "-c", BUILD);
  await show(address, "status", build);
  say("Follow its output, live.");
  await show(address, "logs", build);
  await show(address, "status", build);

  say("Start one that would run for ever, with children, and stop it.");
  const server = await exec(address, "sh", "-c", "sleep 1000 & sleep 2000 & echo serving; wait");
  await show(address, "status", server);
  await show(address, "stop", server);
  await show(address, "status", server);
} finally {
  say("Shut the daemon down: whatever still runs is stopped first.");
  daemon.kill("SIGTERM");
  const { code } = await daemon.status;
  console.log(`paasd exited with ${code}`);
}
