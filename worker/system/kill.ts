/**
 * Signalling processes that are not the runtime's own children: groups.
 *
 * @module
 */
import process from "node:process"; // Deno.kill knows no signal 0
import { loadLibc } from "./libc.ts";

/** Where the program kill(1) may lie: what a list in `--allow-run` has to name for groups to be signalled. */
export const KILL_PATHS: readonly string[] = ["/usr/bin/kill", "/bin/kill"];

/** The last signal that the runtime knows: those behind it are the real-time signals (signal(7)). */
const LAST_STANDARD = 31;

/** Set once the runtime has refused to send a signal itself: under a list in `--allow-run`. */
let byProgram = false;

/**
 * Sends a signal, or with 0 looks whether that could be done (kill(2)).
 *
 * @param target A process, or minus the number of a group.
 * @throws an error with the `code` ESRCH when it does not exist, EPERM when it may not be signalled.
 */
export function kill(target: number, signal: Deno.Signal | number): void {
  if (typeof signal === "number" && signal > LAST_STANDARD) {
    const libc = loadLibc();
    if (libc?.kill(target, signal) === 0) return;
    if (libc) kill(target, 0); // it tells why
    return killByProgram(target, signal);
  }
  if (!byProgram) {
    try {
      process.kill(target, signal);
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      byProgram = true;
    }
  }
  killByProgram(target, signal);
}

/** By kill(1), which a list in `--allow-run` can allow. It takes a millisecond or two, and the caller waits for it. */
function killByProgram(target: number, signal: Deno.Signal | number): void {
  const option = typeof signal === "number" ? `-${signal}` : `-${signal.replace(/^SIG/, "")}`;
  for (const path of KILL_PATHS) {
    let output: Deno.CommandOutput;
    try {
      output = new Deno.Command(path, {
        args: [option, "--", String(target)],
        clearEnv: true,
        env: { LC_ALL: "C" }, // its words tell why it failed
        cwd: "/",
        stdin: "null",
      }).outputSync();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue; // not there, but perhaps at the next place
      throw error;
    }
    if (output.success) return;
    const text = new TextDecoder().decode(output.stderr).trim();
    const code = /no such process/i.test(text) ? "ESRCH" : /not permitted/i.test(text) ? "EPERM" : undefined;
    throw Object.assign(new Error(text), { code });
  }
  throw new Error("There is no program to signal groups with: install kill(1)");
}
