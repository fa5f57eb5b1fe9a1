/**
 * The operator's rules for commands: which programs may run, as which account, and within which limits.
 *
 * @module
 */
import { SpawnError, type SpawnOptions } from "@paas/worker";
import {
  type Account,
  Guard,
  inheritedLimits,
  LIMIT_NAMES,
  type Limits,
  verifyAccount,
} from "@paas/worker/confinement";
import { InvalidArgumentError, NotAllowedError, StartError } from "../errors.ts";
import type { DaemonLog } from "../telemetry/daemon_log.ts";
import { allowedProgram } from "./programs.ts";

/** The program that looks accounts up in all sources of this machine (nsswitch.conf(5)). */
export const GETENT_PATH = "/usr/bin/getent";

/** The operator's options about commands. */
export interface ConfinementOptions {
  /** Absolute paths of the programs that may run; `undefined` is any program. */
  readonly allowProgram: readonly string[] | undefined;
  /** Names of the variables that users may set, perhaps with a `*` at the end. */
  readonly allowVariable: readonly string[] | undefined;
  /** The account that runs commands; `undefined` is the daemon's own. */
  readonly runAs: string | undefined;
  /** Whether commands end when the daemon is killed. */
  readonly dieWithDaemon: boolean;
  readonly limit: Limits | undefined;
  /** The PATH of commands whose user gives none. */
  readonly path: string;
  /** The umask(2) of commands. */
  readonly umask: number;
}

/** The only variables that users may set under a list of programs. Many programs run code that a variable names. */
const HARMLESS_VARIABLES = ["LANG", "LC_*", "TZ", "TERM"];

/** Maximum length of a variable's name in an error, in characters. */
const MAX_SHOWN = 64;

/** The options of a command that the operator's rules decide. */
type Confined = Pick<SpawnOptions, "args" | "account" | "limits" | "guard" | "path" | "umask">;

/** The operator's rules, applied to each command. */
export class Confinement implements AsyncDisposable {
  readonly #programs: readonly string[] | undefined;
  readonly #variables: readonly string[] | undefined;
  readonly #account: Account | undefined;
  readonly #limits: Limits;
  readonly #guard: Guard | undefined;
  /** The daemon's own limits, which commands inherit. */
  #inherited: Promise<Limits> | undefined;
  readonly #defaults: Required<Pick<Confined, "path" | "umask">>;

  private constructor(options: ConfinementOptions, account: Account | undefined, guard: Guard | undefined) {
    this.#programs = options.allowProgram;
    this.#variables = options.allowVariable ?? (options.allowProgram && HARMLESS_VARIABLES);
    this.#defaults = { path: options.path, umask: options.umask };
    this.#limits = options.limit ?? {};
    this.#account = account;
    this.#guard = guard;
  }

  /**
   * Sets the rules up.
   *
   * @throws {StartError} When the rules cannot be enforced here.
   */
  static async start(options: ConfinementOptions, log: DaemonLog): Promise<Confinement> {
    const account = await Confinement.check(options);
    if (!options.dieWithDaemon) return new Confinement(options, account, undefined);
    const lost = (error?: unknown) =>
      log.write("guard-lost", { cause: error instanceof Error ? error.message : undefined });
    try {
      return new Confinement(options, account, Guard.start({ lost }));
    } catch (error) {
      throw new StartError(`Cannot start the guard of --die-with-daemon: ${(error as Error).message}`);
    }
  }

  /**
   * Checks that the rules can be enforced, and returns the account that runs commands.
   *
   * @throws {StartError} When the rules cannot be enforced here.
   */
  static async check({ runAs, limit = {} }: ConfinementOptions): Promise<Account | undefined> {
    if (Object.keys(limit).length > 0) await checkLimits(limit);
    if (runAs === undefined) return undefined;
    if (Deno.uid() !== 0) throw new StartError("Cannot use --run-as: only root can run commands as another user");
    const account = await findAccount(runAs);
    const wrong = await verifyAccount(account);
    if (wrong === undefined) return account;
    throw new StartError(
      `Cannot use --run-as: ${wrong}; start it by paasd/start.sh, or as root without ambient capabilities`,
    );
  }

  /**
   * Applies the rules to a command.
   *
   * @throws {NotAllowedError} When the program may not run, or a variable may not be set.
   * @throws {InvalidArgumentError} When a limit of the command is above the operator's.
   * @throws {SpawnError} When the daemon cannot set limits.
   */
  async confine({ args, env, limits }: Pick<SpawnOptions, "args" | "env" | "limits">): Promise<Confined> {
    const listed = this.#programs && args[0] ? [allowedProgram(this.#programs, args[0]), ...args.slice(1)] : args;
    this.#checkVariables(env);
    return {
      ...this.#defaults,
      args: listed,
      account: this.#account,
      limits: limits && Object.keys(limits).length > 0 ? await this.#lower(limits) : this.#limits,
      guard: this.#guard,
    };
  }

  #checkVariables(env: SpawnOptions["env"] = {}): void {
    const names = this.#variables;
    if (names === undefined) return;
    const unlisted = Object.keys(env).find((name) => !names.some((pattern) => matches(pattern, name)));
    const loading = this.#programs && Object.keys(env).find((name) => /^(LD|DYLD)_/i.test(name));
    const refused = unlisted ?? loading;
    if (refused === undefined) return;
    const shown = JSON.stringify(refused.slice(0, MAX_SHOWN));
    const why = unlisted === undefined
      ? "it makes programs load other code, and the daemon has a list of programs"
      : `users may set ${names.join(", ")} only (--allow-variable)`;
    throw new NotAllowedError(`Cannot set the variable ${shown}: ${why}; leave it out, or ask the operator`);
  }

  /** The operator's limits, with a user's lower ones in their place. */
  async #lower(wanted: Limits): Promise<Limits> {
    const most = { ...await (this.#inherited ??= inheritedLimits()), ...this.#limits };
    for (const name of LIMIT_NAMES) {
      const limit = most[name] ?? Infinity;
      if ((wanted[name] ?? 0) <= limit) continue;
      throw new InvalidArgumentError(`The limit ${name} must be at most ${limit} here: it can be lowered only`);
    }
    return { ...this.#limits, ...wanted };
  }

  /** Ends the guard. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guard?.[Symbol.asyncDispose]();
  }
}

/** Whether a pattern, perhaps with a `*` at the end, matches a name. */
function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

async function checkLimits(limit: Limits): Promise<void> {
  let most: Limits;
  try {
    most = await inheritedLimits();
  } catch (error) {
    if (error instanceof SpawnError) throw new StartError(`Cannot use --limit: ${error.message}`);
    throw error;
  }
  for (const name of LIMIT_NAMES) {
    if ((limit[name] ?? 0) <= (most[name] ?? Infinity)) continue;
    throw new StartError(`Cannot use --limit: the daemon itself may have no more than ${most[name]} of ${name}`);
  }
}

async function findAccount(user: string): Promise<Account> {
  let text: string;
  try {
    const { stdout } = await new Deno.Command(GETENT_PATH, {
      args: ["--", "passwd", user],
      clearEnv: true,
      stdin: "null",
      stderr: "null",
    }).output();
    text = new TextDecoder().decode(stdout);
  } catch (error) {
    throw new StartError(`Cannot look up the account of --run-as: ${(error as Error).message}`);
  }
  const [name, , uid, gid, , home, shell] = text.trimEnd().split(":");
  if (!name || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) {
    throw new StartError(`Cannot use --run-as: there is no account ${JSON.stringify(user)} on this machine`);
  }
  if (Number(uid) === 0 || Number(gid) === 0) {
    throw new StartError(
      `Cannot use --run-as: ${JSON.stringify(user)} is root, or in its group; make an account for commands`,
    );
  }
  return { uid: Number(uid), gid: Number(gid), name, home: home || "/", shell: shell || "/bin/sh" };
}
