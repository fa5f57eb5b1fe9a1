/**
 * The program `paasd`.
 *
 * @module
 */
import manifest from "./deno.json" with { type: "json" };
import type { Daemon } from "./daemon.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import { StartError, UsageError } from "./errors.ts";
import { help } from "./options/help.ts";
import { DaemonLog } from "./telemetry/daemon_log.ts";
import { needRestart, type Options, parseOptions } from "./options/options.ts";
import { formatAddress } from "./address.ts";
import { launcher, permissions } from "./preflight/permissions.ts";
import { onTermination, terminalGone } from "./termination.ts";

async function main(args: string[]): Promise<number> {
  try {
    const invocation = parseOptions(args, Deno.env);
    switch (invocation.action) {
      case "help":
        console.log(help());
        return 0;
      case "version":
        console.log(`paasd ${manifest.version}`);
        return 0;
      case "print-permissions":
        if (launcher(invocation.options).length > 0) {
          console.log(["# under:", ...launcher(invocation.options)].join(" "));
        }
        console.log(permissions(invocation.options).join("\n"));
        return 0;
      case "check-config":
        await check(invocation.options);
        console.log("paasd: a daemon can start like this");
        return 0;
      case "serve":
        return await serve(invocation.options);
    }
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof StartError)) throw error;
    console.error(`paasd: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Looks whether a daemon could start. */
async function check(options: Options): Promise<void> {
  const { Daemon } = await import("./daemon.ts");
  const log = new DaemonLog(options.logFormat);
  try {
    await Daemon.check(options, log);
  } finally {
    await log.flush(1_000);
  }
}

/** Runs the daemon until a signal ends it. */
async function serve(options: Options): Promise<number> {
  const { Daemon } = await import("./daemon.ts"); // slow to load, and not needed for --help
  const { keepDescriptors } = await import("@paas/worker/confinement");
  keepDescriptors(); // under a list of programs start.sh has closed them
  const log = new DaemonLog(options.logFormat);
  survive(log);
  const { promise: exitCode, resolve: exit, reject: fail } = Promise.withResolvers<number>();
  const isTerminalGone = terminalGone();
  const starting = Daemon.start(options, log, await telemetry(options));
  const shutDown = once(() => {
    log.write("shutting-down");
    starting.then((daemon) => daemon.shutdown()).then(() => exit(0), fail);
  });
  using _signals = onTermination(
    shutDown,
    () => {
      log.write("ended-at-once");
      starting.then((daemon) => daemon.kill()).then(() => exit(1), fail);
    },
  );
  starting.then((daemon) => daemon.drained.then(shutDown), () => {}); // `starting` is awaited below
  Deno.addSignalListener("SIGQUIT", () => starting.then((daemon) => daemon.drain()));
  Deno.addSignalListener("SIGHUP", () => {
    if (isTerminalGone()) return shutDown();
    starting.then((daemon) => {
      reload(daemon, options, log);
      return daemon.refresh();
    });
  });
  const { address } = await starting;
  console.log(`paasd listening on ${formatAddress(address)}`);
  const code = await exitCode;
  await log.flush(1_000);
  return code;
}

/** Makes a function that does something the first time only. */
function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** Reads the configuration again, takes over the options that need no restart, and logs the others. */
function reload(daemon: Daemon, atStart: Options, log: DaemonLog): void {
  try {
    const invocation = parseOptions(Deno.args, Deno.env);
    if (invocation.action !== "serve") return;
    daemon.reload(invocation.options);
    const waiting = needRestart(atStart, invocation.options);
    log.write("reloaded", { "needs-restart": waiting.length > 0 ? waiting.join(",") : undefined });
  } catch (error) {
    log.write("not-reloaded", { cause: (error as Error).message });
  }
}

/** Makes the telemetry, if Deno exports any or the daemon has a page of metrics. */
async function telemetry({ metricsListen }: Options): Promise<Telemetry | undefined> {
  const exported = ["true", "1"].includes(Deno.env.get("OTEL_DENO") ?? "");
  if (!exported && metricsListen === undefined) return undefined;
  const { Telemetry } = await import("./telemetry/telemetry.ts"); // slow to load
  return metricsListen === undefined ? new Telemetry() : await Telemetry.withPage();
}

/**
 * Logs errors that nobody caught, and goes on: an error of one connection, somewhere inside the runtime or the library,
 * must not end the processes of all users.
 */
function survive(log: DaemonLog): void {
  const report = (event: Event, error: unknown) => {
    event.preventDefault();
    log.writeUnforeseen(crypto.randomUUID().slice(0, 8), error);
  };
  addEventListener("unhandledrejection", (event) => report(event, event.reason));
  addEventListener("error", (event) => report(event, event.error));
}

Deno.exit(await main(Deno.args));
