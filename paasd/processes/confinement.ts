/**
 * What may run, as whom, and within which limits: what the operator has said of it, applied to each command.
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
import type { Log } from "../telemetry/daemon_log.ts";
import type { Options } from "../options/options.ts";
import { allowedProgram } from "./programs.ts";

/** What looks accounts up, in whatever way this machine knows them (nsswitch.conf(5)). */
export const GETENT_PATH = "/usr/bin/getent";

/** What of the daemon's options is about confinement. */
type ConfinementOptions = Pick<
  Options,
  "allowProgram" | "allowVariable" | "runAs" | "dieWithDaemon" | "limit" | "path" | "umask"
>;

/** Under a list of programs users set no other variables: so many programs run what some variable of theirs says. */
const HARMLESS_VARIABLES = ["LANG", "LC_*", "TZ", "TERM"];

/** So much of a variable's name is repeated. */
const MAX_SHOWN = 64;

/** What is decided of a command here. */
type Confined = Pick<SpawnOptions, "args" | "account" | "limits" | "guard" | "path" | "umask">;

/** The rules for all commands of a daemon. */
export class Confinement implements AsyncDisposable {
  readonly #programs: readonly string[] | undefined;
  readonly #variables: readonly string[] | undefined;
  readonly #account: Account | undefined;
  readonly #limits: Limits;
  readonly #guard: Guard | undefined;
  #most: Promise<Limits> | undefined;
  /** What a command gets unless its user or its terminal says otherwise: its PATH, and its umask(2). */
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
   * Makes the rules that the options say.
   *
   * @throws {StartError} when they cannot be kept.
   */
  static async start(options: ConfinementOptions, log: Log): Promise<Confinement> {
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
   * Sees whether the options can be kept; gives the account that commands run as.
   *
   * @throws {StartError} when they cannot.
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
   * Confines a command.
   *
   * @throws {NotAllowedError} when it may not run.
   * @throws {InvalidArgumentError} when it wants more than the operator lets it have.
   * @throws {SpawnError} when the daemon cannot set limits.
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
    const odd = Object.keys(env).find((name) => !names.some((known) => matches(known, name)));
    const loads = this.#programs && Object.keys(env).find((name) => /^(LD|DYLD)_/i.test(name));
    const refused = odd ?? loads;
    if (refused === undefined) return;
    const why = odd === undefined
      ? "it has programs load other code, and the daemon has a list of programs"
      : `users may set ${names.join(", ")} only (--allow-variable)`;
    throw new NotAllowedError(
      `Cannot set the variable ${
        JSON.stringify(refused.slice(0, MAX_SHOWN))
      }: ${why}; leave it out, or ask the operator`,
    );
  }

  /** The operator's limits, lowered to those that a user wants. */
  async #lower(wanted: Limits): Promise<Limits> {
    const most = { ...await (this.#most ??= inheritedLimits()), ...this.#limits };
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

/** Whether a name is one of those that an entry of the list stands for. */
function matches(known: string, name: string): boolean {
  return known.endsWith("*") ? name.startsWith(known.slice(0, -1)) : name === known;
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
      `Cannot use --run-as: ${JSON.stringify(user)} is root, or in its group; make an account for it`,
    );
  }
  return { uid: Number(uid), gid: Number(gid), name, home: home || "/", shell: shell || "/bin/sh" };
}
