/**
 * Parts of this library that other programs on the same machine can use: its clock, waiting with a limit, and a
 * map of weak values.
 *
 * @module
 */
export { Clock, clock } from "./system/clock.ts";
export { MAX_TIMER_MS, withinTime } from "./system/time.ts";
export { WeakValues } from "./system/weak_values.ts";
