/**
 * The commands of `paasc`, in the order in which help lists them.
 *
 * @module
 */
import type { Command } from "../command.ts";
import { attach } from "./attach.ts";
import { completionsFor } from "./completions.ts";
import { context } from "./context.ts";
import { doctor } from "./doctor.ts";
import { events } from "./events.ts";
import { exec } from "./exec.ts";
import { helpFor } from "./help.ts";
import { list } from "./list.ts";
import { logs } from "./logs.ts";
import { rm } from "./rm.ts";
import { run } from "./run.ts";
import { share } from "./share.ts";
import { signal } from "./signal.ts";
import { status } from "./status.ts";
import { stop } from "./stop.ts";
import { unshare } from "./unshare.ts";
import { version } from "./version.ts";
import { wait } from "./wait.ts";

/** Those that call no daemon: they need none of its settings. */
export const local: readonly Command[] = [
  ...[context, completionsFor(() => commands)],
  ...[helpFor(() => commands), version],
];

/** All of them. */
export const commands: readonly Command[] = [
  ...[run, exec, attach],
  ...[list, status, logs, wait, events],
  ...[stop, signal, rm],
  ...[share, unshare],
  ...[doctor, ...local],
];
