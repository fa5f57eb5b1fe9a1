/**
 * The reasons why a program was not started: the kind of the failure, and a sentence for a person.
 *
 * @module
 */
import { SpawnError, type SpawnFailure } from "../errors.ts";

/**
 * Makes the error for a program that was not started.
 *
 * @param cause An error of the runtime, or one whose `code` is an errno or a code of `launch.ts`.
 */
export function spawnError(cause: unknown, program: string): SpawnError {
  const [failure, reason] = explain(codeOf(cause), program);
  return new SpawnError(failure, `Cannot start ${JSON.stringify(program)}: ${reason}`, { cause });
}

/** Returns the code of an error. A program that the runtime does not find or may not run is one of ours, a launcher. */
function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: string };
  const missing = [Deno.errors.NotFound, Deno.errors.NotCapable, Deno.errors.PermissionDenied]
    .some((type) => error instanceof type);
  return missing && code !== "E2BIG" ? "no-launcher" : code;
}

/** Explains a code. */
function explain(why: string | undefined, program: string): [SpawnFailure, string] {
  switch (why) {
    case "directory-not-found":
      return ["directory-not-found", "its working directory does not exist or is no directory"];
    case "directory-closed":
      return ["directory-not-found", "its working directory is not open to the account that it would run as"];
    case "ENOENT":
    case "interpreter-not-found":
      return ["program-not-found", missing(why, program)];
    case "EACCES":
      return ["not-executable", "it is not an executable file"];
    case "ELOOP":
      return ["not-executable", "its path is a circle of symbolic links"];
    case "no-launcher":
      return [
        "not-confined",
        "what the daemon starts programs with (setsid and setpriv of util-linux) is missing or not permitted",
      ];
    case "not-confined":
      return [
        "not-confined",
        "the daemon cannot confine it: its limits are too low to start anything, or setpriv and prlimit (util-linux) " +
        "are missing",
      ];
    case "launch-overdue":
      return [
        "not-launched",
        "it did not get to run within 10 s: its file or directory does not answer, or something holds it up",
      ];
    case "launch-killed":
      return ["not-launched", "something else killed it before it ran"];
    case "no-terminals":
      return ["no-terminals", "the daemon has no terminals; start it without one"];
    case "E2BIG":
      return ["command-too-long", "its arguments and environment are too long in all for this machine"];
    case "EAGAIN":
    case "EMFILE":
    case "ENFILE":
    case "ENOMEM":
      return ["out-of-resources", `the machine is out of resources (${why}); try again later`];
    default:
      return ["unknown", why ?? "the system refused it"];
  }
}

/** Says what does not exist. A program with a slash in its name was not looked up in PATH. */
function missing(why: string, program: string): string {
  if (why === "interpreter-not-found") return "the interpreter that its first line names does not exist";
  return program.includes("/") ? "there is no such file" : "there is no such program in its PATH";
}
