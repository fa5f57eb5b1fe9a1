/**
 * Commands that cannot be started.
 *
 * @module
 */
import type { SpawnFailure } from "../../../worker/errors.ts";
import type { SpawnOptions } from "../../../worker/spawn.ts";

/** What is wrong with a command, its argv and its options, and the failure that `spawn()` reports. */
export const REFUSALS: readonly [what: string, args: string[], Partial<SpawnOptions>, SpawnFailure][] = [
  ["no argv", [], {}, "invalid-command"],
  ["an empty name", [""], {}, "invalid-command"],
  ["NUL in the name", ["ec\0ho"], {}, "invalid-command"],
  ["NUL in an argument", ["echo", "a\0b"], {}, "invalid-command"],
  ["an argument of 128 KiB", ["echo", "x".repeat(131_072)], {}, "command-too-long"],
  ["a program that is not in PATH", ["no-such-program"], {}, "program-not-found"],
  ["a path that does not exist", ["/no/such/program"], {}, "program-not-found"],
  ["a path through a file", ["/etc/passwd/program"], {}, "program-not-found"],
  ["a file that is not executable", ["/etc/passwd"], {}, "not-executable"],
  ["a directory", ["/etc"], {}, "not-executable"],
  ["a working directory that does not exist", ["echo"], { cwd: "/no/such/directory" }, "directory-not-found"],
  ["a working directory that is a file", ["echo"], { cwd: "/etc/passwd" }, "directory-not-found"],
];
