/**
 * What may run, as whom, and within which limits: what the operator has said of it, applied to each command.
 *
 * @module
 */
import {
  type Account,
  Guard,
  inheritedLimits,
  LIMIT_NAMES,
  type Limits,
  SpawnError,
  type SpawnOptions,
  verifyAccount,
} from "@paas/worker";
import { InvalidArgumentError, NotAllowedError, StartError } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Options } from "./options.ts";

/** What looks accounts up, in whatever way this machine knows them (nsswitch.conf(5)). */
export const GETENT_PATH = "/usr/bin/getent";

/** What of the daemon's options is about confinement. */
type ConfinementOptions = Pick<Options, "allowProgram" | "runAs" | "dieWithDaemon" | "limit">;

/** What is decided of a command here. */
type Confined = Pick<SpawnOptions, "args" | "account" | "limits" | "guard">;

/** The rules for all commands of a daemon. */
export class Confinement implements AsyncDisposable {
  readonly #programs: readonly string[] | undefined;
  readonly #account: Account | undefined;
  readonly #limits: Limits;
  readonly #guard: Guard | undefined;
  #most: Promise<Limits> | undefined;

  private constructor(options: ConfinementOptions, account: Account | undefined, guard: Guard | undefined) {
    this.#programs = options.allowProgram;
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
      log.write("guard-lost", { cause: error === undefined ? undefined : String(error) });
    try {
      return new Confinement(options, account, new Guard({ lost }));
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
      `Cannot use --run-as: ${wrong}; start it by paasd/start.sh, or under setpriv --no-new-privs --inh-caps=-all`,
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
    return {
      args: this.#programs && args[0] ? [allowed(this.#programs, args[0], env), ...args.slice(1)] : args,
      account: this.#account,
      limits: limits && Object.keys(limits).length > 0 ? await this.#lower(limits) : this.#limits,
      guard: this.#guard,
    };
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

/** The path of the program that may run: the first wall, before that of `--allow-run`. */
function allowed(programs: readonly string[], name: string, env: SpawnOptions["env"] = {}): string {
  const found = programs.includes(name) ? [name] : programs.filter((path) => path.split("/").at(-1) === name);
  if (found.length > 1) {
    throw new NotAllowedError(
      `Cannot start ${JSON.stringify(name)}: several of that name may run; give the whole path`,
    );
  }
  if (found.length === 0) {
    throw new NotAllowedError(
      `Cannot start ${JSON.stringify(name)}: it is not on the daemon's list of programs; ask its operator`,
    );
  }
  if (Object.keys(env).some((variable) => variable.startsWith("LD_"))) {
    throw new NotAllowedError(
      `Cannot start ${
        JSON.stringify(name)
      }: the daemon has a list of programs, and takes no variable that begins with LD_`,
    );
  }
  return found[0]!;
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
