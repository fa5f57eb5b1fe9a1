/**
 * Parts of this library that other programs on the same machine can use: its clock, and a map of weak values.
 *
 * @module
 */
export { Clock, clock } from "./system/clock.ts";
export { WeakValues } from "./system/weak_values.ts";
