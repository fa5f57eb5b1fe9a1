/**
 * Signals to processes that are not the runtime's own children, and to groups.
 *
 * @module
 */
import process from "node:process"; // Deno.kill knows no signal 0
import { loadLibc } from "./libc.ts";

/** The paths where kill(1) may lie. A list in `--allow-run` must name them, so that groups can be signalled. */
export const KILL_PATHS: readonly string[] = ["/usr/bin/kill", "/bin/kill"];

/** The last signal that the runtime knows. Real-time signals have larger numbers (signal(7)). */
const LAST_STANDARD = 31;

/**
 * Whether kill(1) sends the signals: the runtime refuses to signal groups under a list in `--allow-run`. The permissions
 * belong to the whole program, so one refusal settles it for all callers.
 */
let byProgram = false;

/**
 * Sends a signal. Signal 0 only checks whether a signal could be sent (kill(2)).
 *
 * @param target The id of a process, or minus the number of a group.
 * @throws {Error} When there is no such process or group (`code` is ESRCH), or it may not be signalled (`code` is EPERM).
 */
export function kill(target: number, signal: Deno.Signal | number): void {
  if (typeof signal === "number" && signal > LAST_STANDARD) {
    const libc = loadLibc();
    if (libc?.kill(target, signal) === 0) return;
    if (libc) kill(target, 0); // throws the reason
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

/** Sends a signal by kill(1), which a list in `--allow-run` can allow. The caller waits a millisecond or two for it. */
function killByProgram(target: number, signal: Deno.Signal | number): void {
  const option = typeof signal === "number" ? `-${signal}` : `-${signal.replace(/^SIG/, "")}`;
  for (const path of KILL_PATHS) {
    let output: Deno.CommandOutput;
    try {
      output = new Deno.Command(path, {
        args: [option, "--", String(target)],
        clearEnv: true,
        env: { LC_ALL: "C" }, // its message says why it failed
        cwd: "/",
        stdin: "null",
      }).outputSync();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue; // it may lie at the next path
      throw error;
    }
    if (output.success) return;
    const text = new TextDecoder().decode(output.stderr).trim();
    const code = /no such process/i.test(text) ? "ESRCH" : /not permitted/i.test(text) ? "EPERM" : undefined;
    throw Object.assign(new Error(text), { code });
  }
  throw new Error("There is no program to signal groups with: install kill(1)");
}
