/**
 * Starting a command as the leader of its own session and process group.
 *
 * @module
 */
import { baseEnvironment } from "./environment.ts";
import { SpawnError, type SpawnFailure } from "./errors.ts";

/** What to run. */
export interface Command {
  /** The program, looked up in PATH as execvp(3) does, and its arguments, passed on exactly as given. */
  args: readonly string[];
  /** Variables on top of the clean base (`baseEnvironment()`). */
  env?: Readonly<Record<string, string>> | undefined;
  /** The working directory, an absolute path; default is that of the daemon. */
  cwd?: string | undefined;
  /** Whether its stdin is a pipe that can be written to; default is an empty one. */
  stdin?: boolean | undefined;
}

/**
 * Starts a command with pipes for its output. The program is looked up in the PATH that it gets.
 *
 * @throws {SpawnError} when that is not possible: no process exists.
 */
export function startCommand({ args, env, cwd, stdin }: Command): Deno.ChildProcess {
  const [program, ...rest] = args;
  if (program === undefined) throw invalid("no command was given");
  if (program === "") throw invalid("the program's name is empty");
  if (args.some((arg) => arg.includes("\0"))) throw invalid("an argument contains a NUL byte");
  for (const [name, value] of Object.entries(env ?? {})) {
    if (!/^[^=\0]+$/.test(name)) throw invalid("a variable has no name, or one with '=' or NUL in it");
    if (value.includes("\0")) throw invalid(`the variable ${JSON.stringify(name)} contains a NUL byte`);
  }
  if (cwd !== undefined && !/^\/[^\0]*$/.test(cwd)) throw invalid("its working directory must be an absolute path");
  try {
    return new Deno.Command(program, {
      args: rest,
      cwd,
      env: { ...baseEnvironment(), ...env },
      clearEnv: true,
      detached: true, // leads its own session and group: setsid(2)
      stdin: stdin ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    const [failure, reason] = whyNotStarted(cause, program, cwd);
    throw new SpawnError(failure, `Cannot start ${JSON.stringify(program)}: ${reason}`, { cause });
  }
}

function invalid(reason: string): SpawnError {
  return new SpawnError("invalid-command", `Cannot start a process: ${reason}`);
}

/** Errors of the runtime by meaning. A missing working directory differs from a missing program in its text alone. */
function whyNotStarted(error: unknown, program: string, cwd: string | undefined): [SpawnFailure, string] {
  const { message = "", code } = error as { message?: string; code?: string };
  if (cwd !== undefined && /: (No such cwd|cwd is not a directory) '/.test(message)) {
    return ["directory-not-found", "its working directory does not exist or is no directory"];
  }
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return message.endsWith(": entity not found")
      ? ["program-not-found", "there is no such program in its PATH"]
      : ["program-not-found", `${interpreterOr(program)} does not exist`];
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return ["not-executable", "it is not an executable file"];
  }
  if (error instanceof Deno.errors.NotCapable) {
    return ["not-executable", "the daemon is not permitted to run it"];
  }
  switch (code) {
    case "E2BIG":
      return ["command-too-long", "the arguments are too long (one may have 131,071 bytes)"];
    case "EAGAIN":
    case "EMFILE":
    case "ENFILE":
    case "ENOMEM":
      return ["out-of-resources", `the machine is out of resources (${code}); try again later`];
    case "ENOEXEC":
    case "ELOOP":
    case "ENAMETOOLONG":
      return ["not-executable", `it is not a program that this machine can run (${code})`];
    default:
      return ["unknown", `${code ?? "the system refused it"}`];
  }
}

/** A name without a slash was found in PATH, so if something is missing it is the interpreter. */
function interpreterOr(program: string): string {
  return program.includes("/")
    ? "it, or the interpreter that its first line names,"
    : "the interpreter that its first line names";
}
