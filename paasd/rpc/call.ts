/**
 * One call of any kind, from its arrival to its end: authentication, conditions, and the lines in the logs.
 *
 * @module
 */
import { type ServerUnaryCall, status as Code } from "@paas/proto/grpc";
import { clock, MAX_TIMER_MS } from "@paas/worker/system";
import type { Access } from "../access/access.ts";
import { type Right, rightOf } from "../access/authorization.ts";
import type { Role } from "../access/roles.ts";
import { PermissionDeniedError, ProcessNotFoundError } from "../errors.ts";
import type { ClientCertificate } from "../identity/certificate.ts";
import { type Connection, type Guest, guestOf, type User } from "../identity/identity.ts";
import type { AuditLog } from "../telemetry/audit.ts";
import { type DaemonLog, shortId } from "../telemetry/daemon_log.ts";
import { gzipHeaders } from "./compression.ts";
import { Pace } from "./pace.ts";
import { type Refusal, toRefusal } from "./status_codes.ts";

/** The parts of the daemon that every call uses. */
export interface CallServices {
  readonly log: DaemonLog;
  readonly access: Access;
  /** Records every call, if the operator wants it. */
  readonly audit?: AuditLog | undefined;
}

/** A handler's view of its call, beside the request. */
export interface CallContext {
  /** The caller. */
  readonly user: User;
  /** The caller's certificate. */
  readonly certificate: ClientCertificate;
  /** The caller's rights at the beginning of the call. */
  readonly right: Right;
  /** Aborts when the call has ended: by the client, by its deadline, or because the handler is done. */
  readonly signal: AbortSignal;
  /** Aborts when the connection has ended. */
  readonly connection: Connection;
  /** Details that the handler adds to the log line of the call. */
  readonly record: CallRecord;
  /**
   * Ends the call as soon as a condition no longer holds, that is, when it throws. The condition is checked now, at the
   * time that it returns (in milliseconds since the Unix epoch), and whenever rights may have shrunk.
   * The first check uses the present rights too, for they may have shrunk since the call began.
   *
   * @param condition Called with the caller's present rights.
   * @throws Whatever the condition throws now.
   */
  hold(condition: (right: Right) => number): void;
  /** Maximum size of the next message of a stream, in bytes, so that it reaches the client soon. */
  messageSize(): number;
  /** Compresses the messages of a stream. The headers of the stream announce it, so call this before the first message. */
  compress(): void;
}

/** The subject of a call, for its log line. It never contains arguments, environment or output. */
export interface CallRecord {
  /** The id of the process. */
  process?: string;
  /** The program's name, without its directory. */
  program?: string | undefined;
  /** The id in the request, whether such a process exists or not. For the audit log alone. */
  named?: string;
  /** The id of the process's owner, if that is another user. For the audit log alone. */
  owner?: string | undefined;
  /** The subject of the owner's certificate, cut to a bounded length. For the audit log alone. */
  ownerSubject?: string | undefined;
  /** The command line of a new process. For the audit log alone. */
  argv?: readonly string[] | undefined;
}

/** Options of a call. */
export interface CallOptions {
  /**
   * Whether the call belongs to the infrastructure, as a health check does. A background call is logged only when it fails,
   * and the shutdown does not wait for its client.
   */
  readonly background?: boolean;
}

/** The common part of grpc-js's calls. */
export type ServerCall =
  & Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext" | "getDeadline" | "getPath" | "sendMetadata">
  & { once(event: "cancelled", listener: () => void): unknown };

/** A call that ends once, and whose end is logged. */
export class RunningCall {
  readonly #call: ServerCall;
  readonly #services: CallServices;
  readonly #answer: (refusal: Refusal) => void;
  readonly #background: boolean;
  readonly #controller = new AbortController();
  readonly #record: CallRecord = {};
  readonly #start = performance.now();
  /** Whether messages are compressed. */
  compresses = false;
  /** The size of messages. */
  readonly pace = new Pace();
  #guest: Guest | undefined;
  #role: Role | undefined;

  /** @param answer Sends a refusal to the client. */
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

  /** Aborts when the call has ended. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Identifies the caller, and checks that their role allows the call.
   *
   * @throws {UnauthenticatedError} When the caller cannot be identified.
   * @throws {PermissionDeniedError} When the caller's role does not allow the call.
   */
  authenticate(): { guest: Guest; right: Right } {
    const guest = this.#guest = guestOf(this.#call.getAuthContext().sslPeerCertificate);
    this.#role = this.#services.access.roleOf(guest);
    return { guest, right: rightOf(this.#role, this.#call.getPath()) };
  }

  /** The context for the handler. */
  context({ guest, right }: { guest: Guest; right: Right }): CallContext {
    return {
      user: guest.user,
      certificate: guest.certificate,
      right,
      signal: this.signal,
      connection: guest.connection,
      record: this.#record,
      hold: (condition) => this.#hold(guest, condition),
      messageSize: () => this.pace.size,
      compress: () => {
        this.compresses = true;
        this.#call.sendMetadata(gzipHeaders);
      },
    };
  }

  #hold(guest: Guest, condition: (right: Right) => number): void {
    this.signal.throwIfAborted(); // nothing would take the timer and the listener back
    const { access } = this.#services;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const check = () => {
      clearTimeout(timer);
      const end = condition(rightOf(access.roleOf(guest), this.#call.getPath()));
      if (end !== Infinity) timer = setTimeout(checkLater, Math.min(Math.max(end - clock.now(), 0), MAX_TIMER_MS));
    };
    const checkLater = () => {
      try {
        check();
      } catch (error) {
        const gone = error instanceof ProcessNotFoundError;
        this.refuse(gone ? new PermissionDeniedError("You may not see the process any more") : error);
      }
    };
    check();
    access.onChange(guest.user.id, checkLater, this.signal);
    this.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  /** Ends the call. Returns whether the call was still open, that is, whether the client awaits an answer. */
  end(code: Code): boolean {
    if (this.signal.aborted) return false;
    this.#controller.abort();
    if (!this.#background || code !== Code.OK) this.#log(Code[code]!);
    return true;
  }

  /** Ends the call with an error, and sends the error to the client unless the call has ended already. */
  refuse(error: unknown): void {
    if (this.signal.aborted) return; // usually the error is the abort itself
    const { log } = this.#services;
    const refusal = toRefusal(error, (reference, error) => log.writeUnforeseen(reference, error));
    this.end(refusal.code);
    this.#answer(refusal);
  }

  /** Writes the call to the log, and to the audit log if there is one. */
  #log(code: string): void {
    const { log, audit } = this.#services;
    const { program, process, named, owner, ownerSubject, argv } = this.#record;
    const [guest, role] = [this.#guest, this.#role];
    const { id, subject } = guest?.user ?? {};
    const method = this.#call.getPath().split("/").at(-1);
    const ms = Math.round((performance.now() - this.#start) * 10) / 10;
    log.write("call", { user: id && shortId(id), subject, method, program, process, code, ms });
    audit?.call({ guest, role, method, program, argv, process: process ?? named, owner, ownerSubject, code, ms });
  }

  #isLate(): boolean {
    const deadline = this.#call.getDeadline();
    return (deadline instanceof Date ? deadline.getTime() : deadline) <= Date.now();
  }
}
