/**
 * The commands of `paasc`, in the order in which help lists them.
 *
 * @module
 */
import type { Command } from "../command.ts";
import { exec } from "./exec.ts";
import { helpFor } from "./help.ts";
import { logs } from "./logs.ts";
import { status } from "./status.ts";
import { stop } from "./stop.ts";
import { version } from "./version.ts";

/** All of them. */
export const commands: readonly Command[] = [exec, status, logs, stop, helpFor(() => commands), version];
