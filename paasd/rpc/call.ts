/**
 * A call from its arrival to its end, of whatever kind it is.
 *
 * @module
 */
import { type ServerUnaryCall, status as Code } from "@paas/proto/grpc";
import { clock } from "@paas/worker";
import type { Access } from "../access/access.ts";
import { type Right, rightOf } from "../access/authorization.ts";
import type { Role } from "../access/roles.ts";
import { PermissionDeniedError, ProcessNotFoundError } from "../errors.ts";
import { type Guest, guestOf, type User } from "../identity/identity.ts";
import type { AuditLog } from "../telemetry/audit.ts";
import type { Log } from "../telemetry/daemon_log.ts";
import { gzipHeaders } from "./compression.ts";
import { Pace } from "./pace.ts";
import { type Refusal, toRefusal } from "./status_codes.ts";

/** What every call needs of the daemon. */
export interface CallServices {
  readonly log: Log;
  readonly access: Access;
  /** Where calls are written down, if they are. */
  readonly audit?: AuditLog | undefined;
}

/** What a handler knows beside the request. */
export interface CallContext {
  /** Who calls. */
  readonly user: User;
  /** What they may do with this call. */
  readonly right: Right;
  /** Aborts when the call is over, by the client, by its deadline, or by the handler's own end. */
  readonly signal: AbortSignal;
  /** Aborts when the connection is gone. */
  readonly connection: AbortSignal;
  /** What the handler adds to the log line of the call. */
  readonly record: CallRecord;
  /**
   * Holds the call to a condition: it must not throw now, and ends the call when it throws later. It is looked at anew
   * whenever somebody may do less than before, with what the caller may do then, and at the time that it gives (in
   * milliseconds since the Unix epoch).
   */
  hold(condition: (right: Right) => number): void;
  /** How many bytes the next message of a stream may have, for the client to have it soon. */
  messageSize(): number;
  /** Has the messages of a stream compressed. The client is told now, so it must be before the first one. */
  compress(): void;
}

/** What the log line of a call tells about its subject. Never arguments, environment or output. */
export interface CallRecord {
  /** The id of the process. */
  process?: string;
  /** The program's name, without its directory. */
  program?: string | undefined;
  /** The id that was named, whether there is such a process or not. For the audit log alone. */
  named?: string;
  /** The id of its owner, if that is another user. For the audit log alone. */
  owner?: string | undefined;
  /** What a process was started with. For the audit log alone. */
  argv?: readonly string[] | undefined;
}

/** What kind of a call it is. */
export interface CallOptions {
  /**
   * Whether it is one of the machinery around, such as a health check: logged only when it fails, and the shutdown does not
   * wait until its client has left.
   */
  readonly background?: boolean;
}

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What calls of all kinds have. */
export type ServerCall =
  & Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext" | "getDeadline" | "getPath" | "sendMetadata">
  & { once(event: "cancelled", listener: () => void): unknown };

/** A call from its arrival to its one end, which is logged. */
export class RunningCall {
  readonly #call: ServerCall;
  readonly #services: CallServices;
  readonly #answer: (refusal: Refusal) => void;
  readonly #background: boolean;
  readonly #controller = new AbortController();
  readonly #record: CallRecord = {};
  readonly #start = performance.now();
  /** Whether its messages are to be compressed. */
  compresses = false;
  /** How large they are to be. */
  readonly pace = new Pace();
  #guest: Guest | undefined;
  #role: Role | undefined;
  #right: Right | undefined;

  /** @param answer Tells the client of a refusal. */
  constructor(
    call: ServerCall,
    services: CallServices,
    answer: (refusal: Refusal) => void,
    { background = false }: CallOptions = {},
  ) {
    this.#call = call;
    this.#services = services;
    this.#answer = answer;
    this.#background = background;
    call.once("cancelled", () => this.end(this.#isLate() ? Code.DEADLINE_EXCEEDED : Code.CANCELLED));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Says who calls, and sees that they may.
   *
   * @throws {UnauthenticatedError} when that cannot be told.
   * @throws {PermissionDeniedError} when their role does not allow the call.
   */
  authenticate(): Guest {
    const guest = this.#guest = guestOf(this.#call.getAuthContext().sslPeerCertificate);
    this.#role = this.#services.access.roleOf(guest);
    this.#right = rightOf(this.#role, this.#call.getPath());
    return guest;
  }

  context({ user, connection }: Guest): CallContext {
    const compress = () => {
      this.compresses = true;
      this.#call.sendMetadata(gzipHeaders);
    };
    const hold = (condition: (right: Right) => number) => this.#hold(condition);
    const messageSize = () => this.pace.size;
    const [right, record, signal] = [this.#right!, this.#record, this.signal];
    return { user, right, signal, connection, record, hold, messageSize, compress };
  }

  #hold(condition: (right: Right) => number): void {
    const { access } = this.#services;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (end: number) => {
      clearTimeout(timer);
      if (end !== Infinity) timer = setTimeout(look, Math.min(Math.max(end - clock.now(), 0), MAX_TIMER_MS));
    };
    const look = () => {
      try {
        wait(condition(rightOf(access.roleOf(this.#guest!), this.#call.getPath())));
      } catch (error) {
        const gone = error instanceof ProcessNotFoundError;
        this.refuse(gone ? new PermissionDeniedError("You may not see the process any more") : error);
      }
    };
    wait(condition(this.#right!));
    access.onChange(look, this.signal);
    this.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  /** Ends the call, and says whether it was still open: only then there is somebody to answer. */
  end(code: Code): boolean {
    if (this.signal.aborted) return false;
    this.#controller.abort();
    if (this.#background && code === Code.OK) return true;
    const { log, audit } = this.#services;
    const method = this.#call.getPath().split("/").at(-1);
    const { program, process } = this.#record;
    const ms = Math.round((performance.now() - this.#start) * 10) / 10;
    const user = this.#guest?.user;
    log.write("call", {
      user: user?.id.slice(0, 16),
      subject: user?.subject,
      method,
      program,
      process,
      code: Code[code],
      ms,
    });
    const { named, owner, argv } = this.#record;
    const about = { program, argv, process: process ?? named, owner };
    audit?.call({ guest: this.#guest, role: this.#role, method, ...about, code: Code[code]!, ms });
    return true;
  }

  /** Ends the call with an error, and tells the client if there still is one. */
  refuse(error: unknown): void {
    if (this.signal.aborted) return; // mostly it is the abort itself that comes back
    const { log } = this.#services;
    const refusal = toRefusal(error, (reference, error) => log.writeUnforeseen(reference, error));
    this.end(refusal.code);
    this.#answer(refusal);
  }

  #isLate(): boolean {
    const deadline = this.#call.getDeadline();
    return (deadline instanceof Date ? deadline.getTime() : deadline) <= Date.now();
  }
}
