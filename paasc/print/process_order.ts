/**
 * Orders of processes in a list.
 *
 * @module
 */
import type { ProcessStatus__Output } from "@paas/proto";
import { stateFrom } from "../client/status.ts";
import { shellCommand } from "../words/shell_word.ts";
import { runTime } from "./process_table.ts";

/** Value by which a list is sorted: texts upwards, numbers downwards. */
type Key = (process: ProcessStatus__Output, now: number) => string | number;

const seconds = (time: ProcessStatus__Output["startTime"]) => time ? time.seconds + time.nanos / 1e9 : 0;

const KEYS: Readonly<Record<string, Key>> = {
  started: ({ startTime }) => seconds(startTime),
  finished: ({ finishTime }) => seconds(finishTime),
  duration: (process, now) => runTime(process, now) ?? -1,
  output: ({ logBytes }) => logBytes,
  name: ({ name }) => name,
  state: ({ state }) => stateFrom(state),
  command: ({ args }) => shellCommand(args),
};

/** The orders that there are. */
export const ORDERS: readonly string[] = Object.keys(KEYS);

/** Sorts processes: numbers and times from the largest to the smallest, texts by the alphabet; equal ones as they came. */
export function sorted(
  processes: readonly ProcessStatus__Output[],
  order: string,
  now: number,
): readonly ProcessStatus__Output[] {
  const keyed = processes.map((process) => ({ process, key: KEYS[order]!(process, now) }));
  keyed.sort(({ key: one }, { key: other }) => {
    if (typeof one === "number" && typeof other === "number") return other - one;
    return one < other ? -1 : one > other ? 1 : 0;
  });
  return keyed.map(({ process }) => process);
}
