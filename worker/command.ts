/**
 * Starting a command as the leader of its own session and process group.
 *
 * @module
 */
import { type Account, accountVariables, type Limits, mayEnter } from "./confinement.ts";
import { baseEnvironment } from "./environment.ts";
import { SpawnError, type SpawnFailure } from "./errors.ts";
import type { Guard } from "./guard.ts";
import { candidates, LAUNCH_ENVIRONMENT, launchArguments, launched } from "./launch.ts";
import type { Exit } from "./status.ts";
import { startInTerminal, type Terminal, type TerminalCommand, type TerminalOptions } from "./terminal.ts";

/** No process exits with it: it stands for an exit that the runtime could not tell. */
const UNKNOWN_EXIT_CODE = -1;

const DEFAULT_TERMINAL_TYPE = "xterm-256color";

/** What to run. */
export interface Command {
  /** The program, looked up in PATH as execvp(3) does, and its arguments, passed on exactly as given. */
  args: readonly string[];
  /** Variables on top of the clean base (`baseEnvironment()`). */
  env?: Readonly<Record<string, string>> | undefined;
  /** The working directory, an absolute path; default is that of the daemon, or `/` for another account. */
  cwd?: string | undefined;
  /**
   * The account that it runs as, which only root can give; default is that of the daemon. The account's new privileges
   * are those that the daemon itself may get: it should run with none (`verifyAccount()`).
   */
  account?: Account | undefined;
  /** How much it may use; default is what the daemon may. */
  limits?: Limits | undefined;
  /** What ends it when this program is killed; default is nothing. It has one variable more for that. */
  guard?: Guard | undefined;
  /** Whether its stdin is a pipe that can be written to; default is an empty one. */
  stdin?: boolean | undefined;
  /** The terminal that is its stdin, stdout and stderr; default is none: it has pipes. */
  terminal?: TerminalOptions | undefined;
}

/** A command that was started: with pipes, or in a terminal. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has exited and was reaped. Never rejects. */
  readonly exit: Promise<Exit>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** None in a terminal, where it is one with stdout. */
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  readonly stdin: WritableStream<Uint8Array> | undefined;
  readonly terminal: Terminal | undefined;
}

/**
 * Starts a command with pipes for its output, or in a terminal. The program is looked up in the PATH that it gets, by the
 * account that it runs as.
 *
 * @throws {SpawnError} when that is not possible: no process exists.
 */
export async function startCommand(command: Command): Promise<Child> {
  const { args, env, cwd, stdin = false, terminal, account, limits = {}, guard } = command;
  const [program] = args;
  if (program === undefined) throw invalid("no command was given");
  if (program === "") throw invalid("the program's name is empty");
  if (args.some((arg) => arg.includes("\0"))) throw invalid("an argument contains a NUL byte");
  const type = terminal && { TERM: terminal.type ?? DEFAULT_TERMINAL_TYPE };
  const variables = { ...baseEnvironment(), ...account && accountVariables(account), ...type, ...env, ...guard?.mark };
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[^=\0]+$/.test(name)) throw invalid("a variable has no name, or one with '=' or NUL in it");
    if (value.includes("\0")) throw invalid(`the variable ${JSON.stringify(name)} contains a NUL byte`);
  }
  if (cwd !== undefined && !/^\/[^\0]*$/.test(cwd)) throw invalid("its working directory must be an absolute path");
  const plain = { args, env: variables, cwd: cwd ?? (account ? "/" : undefined) };
  try {
    const limited = Object.keys(limits).length > 0;
    if (limited || (terminal && account)) return await launch(plain, command, limits);
    const child = terminal ? startInTerminal(plain, terminal) : startWithPipes(plain, stdin, account);
    await guard?.add(child.pid);
    return child;
  } catch (cause) {
    const [failure, reason] = explain(whyNotStarted(cause, cwd, account), program);
    throw new SpawnError(failure, `Cannot start ${JSON.stringify(program)}: ${reason}`, { cause });
  }
}

/** Starts a program by way of what confines it; it runs when this resolves. */
async function launch(
  plain: TerminalCommand,
  { terminal, stdin = false, account, guard }: Command,
  limits: Limits,
): Promise<Child> {
  // In a terminal the account is given by what is started; with pipes the runtime gives it.
  const args = launchArguments(plain, limits, terminal && account);
  const launcher = { args, env: { ...LAUNCH_ENVIRONMENT, ...guard?.mark }, cwd: "/" };
  let child: Child;
  try {
    child = terminal ? startInTerminal(launcher, terminal, account?.uid) : startWithPipes(launcher, stdin, account);
  } catch (cause) {
    const why = whyNotStarted(cause, undefined, undefined) ?? "";
    const missing = ["ENOENT", "EACCES", "not-permitted", "interpreter-not-found"].includes(why);
    throw missing ? Object.assign(new Error(`${args[0]} cannot be run`, { cause }), { code: "not-confined" }) : cause;
  }
  await guard?.add(child.pid);
  try {
    await launched(child.stdout);
    return child;
  } catch (error) {
    await Promise.all([child.exit, child.stdout.pipeTo(new WritableStream()), child.stderr?.cancel()]);
    await child.stdin?.abort();
    guard?.remove(child.pid);
    throw error;
  }
}

/** Starts a program with pipes. As another account it is looked up and run by that, as execvp(3) does. */
function startWithPipes(plain: TerminalCommand, stdin: boolean, account: Account | undefined): Child {
  const [program, ...args] = plain.args as [string, ...string[]];
  const start = (program: string) =>
    new Deno.Command(program, {
      args,
      cwd: plain.cwd,
      env: plain.env,
      clearEnv: true,
      detached: true, // leads its own session and group: setsid(2)
      uid: account?.uid, // and no supplementary groups
      gid: account?.gid,
      stdin: stdin ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  const child = account === undefined
    ? start(program)
    : startFirst(candidates(program, plain.env.PATH!), program, start);
  const { pid, stdout, stderr } = child;
  return { pid, exit: exitOf(child), stdout, stderr, stdin: stdin ? child.stdin : undefined, terminal: undefined };
}

/** The runtime looks a program up as root: what the account may not run is passed over here, for the next one. */
function startFirst(
  files: readonly string[],
  program: string,
  start: (program: string) => Deno.ChildProcess,
): Deno.ChildProcess {
  try {
    return start(program);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied) || files.length === 1) throw error;
    for (const file of files) {
      try {
        return start(file);
      } catch (other) {
        if (!(other instanceof Deno.errors.PermissionDenied || other instanceof Deno.errors.NotFound)) throw other;
      }
    }
    throw error;
  }
}

/** How a child ended. */
async function exitOf(child: Deno.ChildProcess): Promise<Exit> {
  try {
    const { code, signal } = await child.status;
    return signal === null ? { code } : { signal: code - 128 };
  } catch (error) {
    // The runtime has no names for real-time signals and rejects; their number is in its message.
    const number = /Invalid signal: (\d+)/.exec(String(error))?.[1];
    return number === undefined ? { code: UNKNOWN_EXIT_CODE } : { signal: Number(number) };
  }
}

function invalid(reason: string): SpawnError {
  return new SpawnError("invalid-command", `Cannot start a process: ${reason}`);
}

/**
 * An error's meaning, as an errno where one has it. Of the runtime's errors a missing working directory differs from a
 * missing program in its text alone.
 */
function whyNotStarted(error: unknown, cwd: string | undefined, account: Account | undefined): string | undefined {
  const { message = "", code } = error as { message?: string; code?: string };
  if (cwd !== undefined && /: (No such cwd|cwd is not a directory) '/.test(message)) return "directory-not-found";
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return message.endsWith(": entity not found") ? "ENOENT" : "interpreter-not-found";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return account && cwd !== undefined && !mayEnter(account, cwd) ? "directory-closed" : "EACCES";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return / environment variable/.test(message) ? "variable-not-permitted" : "not-permitted";
  }
  return code;
}

/** What stands in the way of a program, for a person. */
function explain(why: string | undefined, program: string): [SpawnFailure, string] {
  switch (why) {
    case "directory-not-found":
      return ["directory-not-found", "its working directory does not exist or is no directory"];
    case "directory-closed":
      return ["directory-not-found", "its working directory does not exist, or is not open to it"];
    case "ENOENT":
    case "interpreter-not-found":
      return ["program-not-found", missing(why, program)];
    case "EACCES":
    case "EISDIR":
    case "EPERM":
      return ["not-executable", "it is not an executable file"];
    case "not-permitted":
      return ["not-executable", "the daemon is not permitted to run it"];
    case "variable-not-permitted":
      return ["not-executable", "the daemon has a list of programs, and gives these no variable that begins with LD_"];
    case "not-confined":
      return [
        "not-confined",
        "the daemon cannot confine it: its limits are too low to start anything, or setpriv and " +
        "prlimit (util-linux) are missing or not permitted",
      ];
    case "no-terminals":
      return ["no-terminals", "the daemon has no terminals; start it without one"];
    case "E2BIG":
      return ["command-too-long", "the arguments are too long (one may have 131,071 bytes)"];
    case "EAGAIN":
    case "EMFILE":
    case "ENFILE":
    case "ENOMEM":
      return ["out-of-resources", `the machine is out of resources (${why}); try again later`];
    case "ENOEXEC":
    case "ELOOP":
    case "ENAMETOOLONG":
      return ["not-executable", `it is not a program that this machine can run (${why})`];
    default:
      return ["unknown", why ?? "the system refused it"];
  }
}

/** What does not exist. A program with a slash in its name was not looked up, so it may be its interpreter as well. */
function missing(why: string, program: string): string {
  if (program.includes("/")) return "it, or the interpreter that its first line names, does not exist";
  if (why === "ENOENT") return "there is no such program in its PATH";
  return "the interpreter that its first line names does not exist";
}
