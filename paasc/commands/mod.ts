/**
 * The commands of `paasc`, in the order in which help lists them.
 *
 * @module
 */
import type { Command } from "../command.ts";
import { again } from "./start/again.ts";
import { attach } from "./start/attach.ts";
import { completionsFor } from "./program/completions.ts";
import { context } from "./program/context.ts";
import { cp } from "./files/cp.ts";
import { doctor } from "./program/doctor.ts";
import { drain } from "./end/drain.ts";
import { events } from "./observe/events.ts";
import { exec } from "./start/exec.ts";
import { helpFor } from "./program/help.ts";
import { join } from "./program/join.ts";
import { list } from "./observe/list.ts";
import { logs } from "./observe/logs.ts";
import { rm } from "./end/rm.ts";
import { run } from "./start/run.ts";
import { share } from "./share/share.ts";
import { signal } from "./end/signal.ts";
import { status } from "./observe/status.ts";
import { stop } from "./end/stop.ts";
import { unshare } from "./share/unshare.ts";
import { version } from "./program/version.ts";
import { wait } from "./observe/wait.ts";

/** The commands that call no daemon, and so need none of its settings. */
export const local: readonly Command[] = [
  ...[join, context, completionsFor(() => commands)],
  ...[helpFor(() => commands), version],
];

/** All commands. */
export const commands: readonly Command[] = [
  ...[run, exec, again, attach, cp],
  ...[list, status, logs, wait, events],
  ...[stop, signal, rm],
  ...[share, unshare],
  ...[doctor, drain, ...local],
];
