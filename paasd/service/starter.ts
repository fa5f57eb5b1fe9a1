/**
 * Starts of processes: for a client's request, as a repeat of another process, and again after a failure.
 *
 * @module
 */
import type { ExecRequest__Output } from "@paas/proto";
import { status as Code } from "@paas/proto/grpc";
import type { Access } from "../access/access.ts";
import { rightOf } from "../access/authorization.ts";
import { UnauthenticatedError } from "../errors.ts";
import { type Guest, hasExpired } from "../identity/identity.ts";
import type { Entry } from "../processes/entries.ts";
import type { Description, ProcessTable } from "../processes/process_table.ts";
import type { Spawner } from "../processes/spawner.ts";
import type { RequestKey } from "../processes/starts.ts";
import { firstAttempt } from "../restarts/policy.ts";
import { checkChanges, recipeOf, repeatOf } from "../restarts/recipe.ts";
import type { Restarts, StartAgain } from "../restarts/restarts.ts";
import type { CallContext } from "../rpc/call.ts";
import { toRefusal } from "../rpc/status_codes.ts";
import type { AuditLog } from "../telemetry/audit.ts";
import type { Trust } from "../trust/trust.ts";
import { toDescription, toRequestKey, toRestarts, toSpawnOptions } from "./exec_request.ts";

/** Maximum length of a program's name in the log, in characters. */
const MAX_LOGGED_PROGRAM = 64;

/** A user who starts a process, and the certificate that the user has shown. */
type Starting = Pick<Guest, "user" | "certificate">;

/** The parts of the daemon that starts need. */
export interface StarterOptions {
  readonly table: ProcessTable;
  readonly spawner: Spawner;
  readonly access: Pick<Access, "roleOf">;
  readonly trust: Pick<Trust, "objection">;
  readonly restarts: Restarts;
  readonly audit: Pick<AuditLog, "restart"> | undefined;
}

/** Starts processes. */
export class Starter {
  readonly #options: StarterOptions;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /**
   * Starts what a client asks for.
   *
   * @throws {InvalidArgumentError} When a field is out of its range, or does not fit the others.
   * @throws {ProcessNotFoundError | PermissionDeniedError} When the process to repeat is not the user's own.
   * @throws {NotRepeatableError} When the daemon does not know how that process was started.
   * @throws Whatever a start throws.
   */
  async exec(request: ExecRequest__Output, { user, certificate, right, record, signal }: CallContext): Promise<Entry> {
    const { table } = this.#options;
    const key = toRequestKey(request);
    let [command, description]: [ExecRequest__Output, Partial<Description>] = [request, {}];
    if (request.againOf !== "") {
      checkChanges(request);
      // The process to repeat may have been removed since. A start that has failed meanwhile is tried again below.
      const known = await table.known(user, key)?.catch(() => undefined);
      if (known) return known;
      const earlier = table.find(request.againOf, user, right);
      record.named = earlier.process.id;
      command = repeatOf(earlier, request);
      description = { againOf: earlier.process.id };
    }
    record.program = programOf(command);
    record.argv = command.args;
    return await this.#start({ user, certificate }, command, description, signal, key);
  }

  #start(
    by: Starting,
    command: ExecRequest__Output,
    description: Partial<Description>,
    signal: AbortSignal,
    key?: RequestKey,
  ): Promise<Entry> {
    const { table, spawner } = this.#options;
    const { id } = by.user;
    const spawn = spawner.spawnOf(id, programOf(command) ?? "", toSpawnOptions(command));
    const restarts = toRestarts(command);
    return table.start(
      by.user,
      {
        ...toDescription(command),
        recipe: recipeOf(command),
        restart: restarts > 0 ? firstAttempt(restarts) : undefined,
        finished: restarts > 0 ? this.#finishedFor(by) : undefined,
        ...description,
      },
      spawn,
      key,
      signal,
    );
  }

  /** Makes the function that is called at the end of a process which may be restarted. It must keep nothing of the request. */
  #finishedFor(by: Starting): (entry: Entry) => void {
    return (entry) => this.#options.restarts.finished(entry, this.#againFor(by));
  }

  #againFor(by: Starting): StartAgain {
    return async (entry, restart, signal) => {
      const command = repeatOf(entry);
      const { id: againOf } = entry.process;
      const { audit } = this.#options;
      const facts = {
        ...by,
        program: programOf(command),
        argv: command.args,
        againOf,
        attempt: restart.attempt,
      };
      try {
        this.#checkStarter(by);
        const started = await this.#start(by, command, { againOf, restart }, signal);
        audit?.restart({ ...facts, process: started.process.id, code: Code[Code.OK] });
        return started;
      } catch (error) {
        const code = signal.aborted ? Code.CANCELLED : toRefusal(error, () => {}).code;
        audit?.restart({ ...facts, code: Code[code] });
        throw error;
      }
    };
  }

  /**
   * Checks that an Exec of a user, with the certificate of an earlier one, would still be let in.
   *
   * @throws {UnauthenticatedError} When the certificate is no longer good.
   * @throws {PermissionDeniedError} When the role has changed.
   */
  #checkStarter({ user, certificate }: Starting): void {
    const { trust, access } = this.#options;
    const objection = hasExpired(user)
      ? "its certificate has expired"
      : trust.objection({ user, certificate })?.sentence;
    if (objection) {
      throw new UnauthenticatedError(`The daemon does not let in who has started it any more: ${objection}`);
    }
    rightOf(access.roleOf({ user, certificate }), "/paas.v1.ProcessService/Exec");
  }
}

/** The name of a program for logs, without its directory. */
function programOf({ args }: Pick<ExecRequest__Output, "args">): string | undefined {
  return args[0]?.split("/").at(-1)?.slice(0, MAX_LOGGED_PROGRAM);
}
