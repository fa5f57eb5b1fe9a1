/**
 * The daemon: its parts, put together, and how they end.
 *
 * @module
 */
import { processService } from "@paas/proto";
import { Server, ServerCredentials } from "@paas/proto/grpc";
import { type Process, Spool, SpoolError, StopInProgressError } from "@paas/worker";
import { clock } from "@paas/worker/system";
import { Access } from "./access/access.ts";
import { duplex, serverStreaming, type Surroundings, unary } from "./rpc/adapter.ts";
import { AuditLog } from "./telemetry/audit.ts";
import { callQuota } from "./rpc/call_quota.ts";
import { Confinement } from "./processes/confinement.ts";
import { descriptorLimit } from "./quotas/open_files.ts";
import { StartError } from "./errors.ts";
import { Expiry } from "./processes/expiry.ts";
import { warnOfFiles } from "./preflight/file_warnings.ts";
import { type Address, formatAddress } from "./options/flag_values.ts";
import { FrontDoor } from "./door/front_door.ts";
import type { Guest } from "./identity/identity.ts";
import { limitsOf } from "./quotas/limits.ts";
import type { Log } from "./telemetry/daemon_log.ts";
import type { Options } from "./options/options.ts";
import { preflight } from "./preflight/preflight.ts";
import { ProcessTable } from "./processes/process_table.ts";
import { Quotas } from "./quotas/quotas.ts";
import { RefusalLog } from "./telemetry/refusal_log.ts";
import { Service } from "./service/service.ts";
import { cutWhenSilent } from "./door/silence.ts";
import { StandardServices } from "./service/standard_services.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import { makeTemporarySpool, removeTemporarySpool } from "./processes/temporary_spool.ts";
import { Trust } from "./trust/trust.ts";
import { UnfinishedRequests } from "./rpc/unfinished_requests.ts";

/** At the shutdown, a connection that takes nothing for so long is cut. */
const STALL_LIMIT_MS = 10_000;

/** At the shutdown, a process that even SIGKILL has not ended after so long is left to itself. */
const KILL_LIMIT_MS = 5_000;

/** At the end, the audit log has so long to write what is left. */
const AUDIT_LIMIT_MS = 2_000;

const GRPC_OPTIONS = {
  // Who is silent is asked for a sign of life. How late the answer may be says `silence.ts`, not the library: it comes behind
  // all that is on its way to the client.
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 2 ** 31 - 1,
  "grpc.max_concurrent_streams": 4_096,
  "grpc.max_receive_message_length": 3 * 1024 * 1024, // the largest request within its bounds has some 2.2 MiB
  // The way of input; HTTP/2's own window of 64 KiB would make it wait for the network.
  "grpc-node.flow_control_window": 1024 * 1024,
  "grpc.enable_channelz": 0, // statistics that nobody reads
};

/**
 * A running daemon.
 *
 * @example
 * ```ts ignore
 * await using daemon = await Daemon.start(options, new Log("text"));
 * console.log(daemon.address.port);
 * ```
 */
export class Daemon {
  readonly #log: Log;
  #options: Options;
  #table!: ProcessTable;
  #server!: Server;
  readonly #telemetry: Telemetry | undefined;
  readonly #access = new Access();
  #refusals: RefusalLog | undefined;
  #trust: Trust | undefined;
  #audit: AuditLog | undefined;
  #door!: FrontDoor;
  #service!: Service;
  #standard!: StandardServices;
  #temporarySpool: string | undefined;
  #confinement: Confinement | undefined;
  #spool: Spool | undefined;
  #expiry: Expiry | undefined;
  readonly #ending = new AbortController();
  #recovery: Promise<void> | undefined;
  #shutdown: Promise<void> | undefined;

  private constructor(options: Options, log: Log, telemetry: Telemetry | undefined) {
    this.#telemetry = telemetry;
    this.#options = options;
    this.#log = log;
  }

  /**
   * Starts a daemon; it listens when this resolves.
   *
   * @param telemetry Is told what happens, if that is wanted.
   * @throws {StartError} when it cannot start; nothing is left behind.
   */
  static async start(options: Options, log: Log, telemetry?: Telemetry): Promise<Daemon> {
    const daemon = new Daemon(options, log, telemetry);
    try {
      await daemon.#start();
      return daemon;
    } catch (error) {
      await daemon.#close();
      throw error;
    }
  }

  /**
   * Sees whether a daemon could start, without starting one.
   *
   * @throws {StartError} when it could not.
   */
  static async check(options: Options, log: Log): Promise<void> {
    await using trust = await Trust.read(options, new Access(), log);
    await warnOfFiles(options, log);
    await preflight(options, trust.credentials, log);
    const { spoolDir, temporary, auditLog } = options;
    if (auditLog !== undefined) await AuditLog.check(auditLog);
    if (spoolDir === undefined) return await removeTemporarySpool(await makeTemporarySpool(temporary));
    try {
      const { inUse } = await Spool.check(spoolDir);
      // Mostly it is the daemon that is about to be reloaded or upgraded, so this is no reason to say no.
      if (inUse) {
        log.write("warning", { what: "spool-dir", cause: `a daemon uses ${spoolDir}: another one could not start` });
      }
    } catch (error) {
      throw toStartError(error);
    }
  }

  /** Reads all files of certificates, revocations and roles, and goes on in a new audit log if the old one was moved. */
  async refresh(): Promise<void> {
    this.#audit?.reopen();
    await this.#trust?.reload();
  }

  /** Takes over those of the options that need no restart. */
  reload(options: Options): void {
    this.#options = options;
    this.#service.stopGrace = options.stopGrace;
    const { maxDescriptionBytesPerUser } = this.#expiry!.limits; // the quotas have that one as well
    this.#expiry!.limits = { ...options, maxDescriptionBytesPerUser };
  }

  /** Where it listens, with the actual port. */
  get address(): Address {
    return this.#door.address;
  }

  async #start(): Promise<void> {
    const { listen, stopGrace } = this.#options;
    const log = this.#log;
    const telemetry = this.#telemetry;
    const access = this.#access;
    const trust = this.#trust = await Trust.read(this.#options, access, log);
    await warnOfFiles(this.#options, log);
    await preflight(this.#options, trust.credentials, log);
    const { auditLog, auditArgv } = this.#options;
    const audit = this.#audit = auditLog === undefined
      ? undefined
      : await AuditLog.open({ path: auditLog, argv: auditArgv, log });
    const refusals = this.#refusals = new RefusalLog(log, audit);
    const surroundings: Surroundings = { log, access, audit };
    const descriptors = await descriptorLimit();
    const limits = limitsOf(this.#options, descriptors);
    log.write("limits", { descriptors, ...limits });
    const quotas = new Quotas(limits);
    const callsTooMuch = ({ address, user }: Guest, message: string) => {
      refusals.write(address, `user ${user.id.slice(0, 16)} calls too much: ${message}`);
    };
    const quota = callQuota(quotas, (guest, { message }) => callsTooMuch(guest, message));
    const unfinished = new UnfinishedRequests(callsTooMuch);
    const interceptors = telemetry ? [telemetry.interceptor, quota] : [quota]; // the last one is the nearest to us
    this.#server = new Server({ ...GRPC_OPTIONS, interceptors });
    const confinement = this.#confinement = await Confinement.start(this.#options, log);
    const spool = this.#spool = await this.#openSpool();
    const table = this.#table = new ProcessTable(spool);
    const makeRoom = (user: string, bytes: number) => this.#expiry?.makeRoom(user, bytes);
    const service = new Service({ table, access, spool, quotas, makeRoom, confinement, stopGrace, telemetry });
    this.#service = service;
    this.#server.addService(processService, {
      Exec: unary(surroundings, service.exec.bind(service)),
      GetLogs: serverStreaming(surroundings, service.getLogs.bind(service)),
      GetStatus: unary(surroundings, service.getStatus.bind(service)),
      Stop: unary(surroundings, service.stop.bind(service)),
      Attach: duplex(surroundings, service.attach.bind(service)),
      Wait: unary(surroundings, service.wait.bind(service)),
      Signal: unary(surroundings, service.signal.bind(service)),
      List: unary(surroundings, service.list.bind(service)),
      Remove: unary(surroundings, service.remove.bind(service)),
      Watch: serverStreaming(surroundings, service.watch.bind(service)),
      Share: unary(surroundings, service.share.bind(service)),
      Unshare: unary(surroundings, service.unshare.bind(service)),
      WhoAmI: unary(surroundings, service.whoAmI.bind(service)),
    });
    this.#standard = new StandardServices(this.#server, surroundings);
    // Insecure to the library only: what is injected came through the front door.
    const injector = unfinished.watch(() => this.#server.createConnectionInjector(ServerCredentials.createInsecure()));
    try {
      this.#door = await FrontDoor.open({
        listen,
        credentials: trust.credentials,
        limits,
        identity: this.#options.identity,
        objection: (guest) => trust.objection(guest),
        admit: (socket) => {
          cutWhenSilent(socket);
          injector.injectConnection(socket);
        },
        refused: (address, cause) => {
          telemetry?.metrics.refused(cause);
          refusals.write(address, cause);
        },
        expelled: (guest, cause) => this.#expelled(guest, cause),
      });
    } catch (error) {
      throw new StartError(`Cannot listen on ${formatAddress(listen)}: ${listenCause(error)}`);
    }
    trust.listener = {
      credentialsChanged: (credentials) => this.#door.credentials = credentials,
      guestsChanged: () => this.#door.expel(),
    };
    this.#recovery = this.#recover(spool);
    this.#expiry = new Expiry(spool.history.records.usages, this.#options, {
      liveBytes: (user) => quotas.liveDescriptions(user),
      remove: (id) => service.forget(id).catch((error) => this.#report("not-removed", { id }, error)),
      stepped: (milliseconds) => log.write("clock-stepped", { seconds: Math.round(milliseconds / 1000) }),
    }, clock);
    telemetry?.metrics.observe({
      processes: () => table.counts,
      spoolBytes: () => spool.bytes,
      connections: () => this.#door.connections,
    });
  }

  /** Clears up behind an earlier daemon on the same spool that has not ended in good order. */
  async #recover(spool: Spool): Promise<void> {
    const processes = spool.history.records.usages.finishedCount;
    if (processes > 0) this.#log.write("restored", { processes });
    await spool.recover({
      grace: this.#options.stopGrace,
      signal: this.#ending.signal,
      report: (event, subject, about) => {
        this.#log.write(event, event.startsWith("l") ? { process: subject, ...about } : { name: subject });
      },
    });
  }

  async #openSpool(): Promise<Spool> {
    const { spoolDir, temporary, maxSpoolBytesPerUser: maxGroupBytes } = this.#options;
    const limits = { ...this.#options, maxGroupBytes };
    try {
      if (spoolDir !== undefined) return await Spool.open(spoolDir, { ...limits, keep: true });
      return await Spool.open(this.#temporarySpool = await makeTemporarySpool(temporary), limits);
    } catch (error) {
      throw toStartError(error);
    }
  }

  /**
   * Ends the daemon in good order: no new processes, all processes stopped, their logs delivered to the end. Resolves
   * when nothing is left.
   */
  shutdown(): Promise<void> {
    return this.#shutdown ??= this.#shutDown();
  }

  /** Kills all processes now. */
  kill(): void {
    for (const process of this.#table.processes()) this.#kill(process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #shutDown(): Promise<void> {
    const start = performance.now();
    this.#standard.drain();
    this.#expiry?.[Symbol.dispose]();
    this.#ending.abort();
    const processes = await this.#table.close();
    await Promise.all(processes.map((process) => this.#end(process)));
    this.#table.endWatching();
    this.#standard.end();
    this.#door.close();
    const closed = new AbortController();
    this.#door.cutStalled(STALL_LIMIT_MS, closed.signal);
    // A client that is told goodbye drops what it has received and not read yet: so readers leave first, by themselves.
    await this.#door.readersLeft(start);
    // The library may go on to wait for a session whose connection was closed in that same moment.
    const goodbye = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    await Promise.race([goodbye, this.#door.left()]);
    closed.abort();
    this.#door.cutAll();
    await this.#door.left(); // their calls end, and are written down
    await this.#close();
  }

  /** Closes what is no connection and no process. */
  async #close(): Promise<void> {
    await this.#trust?.[Symbol.asyncDispose]();
    this.#refusals?.[Symbol.dispose]();
    await this.#audit?.close(AUDIT_LIMIT_MS);
    await this.#confinement?.[Symbol.asyncDispose]();
    await this.#recovery;
    this.#spool?.close();
    await this.#removeTemporarySpool();
  }

  #expelled(guest: Guest, cause: string): void {
    const { user: { id, subject }, address } = guest;
    this.#log.write("expelled", { user: id.slice(0, 16), subject, address, cause });
    this.#audit?.expelled(guest, cause);
  }

  /** Stops a process for the shutdown, and waits until its log has ended. */
  async #end(process: Process): Promise<void> {
    const { stopGrace } = this.#options;
    const stopping = process.stop({ reason: "daemon-shutdown" }).catch((error) => {
      // A user's stop may have a grace of hours; the daemon does not wait that long.
      if (!(error instanceof StopInProgressError)) this.#report("not-stopped", process, error);
    });
    const killer = setTimeout(() => this.#kill(process), stopGrace);
    let giveUp: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => giveUp = setTimeout(resolve, stopGrace + KILL_LIMIT_MS));
    await Promise.race([Promise.all([stopping, process.ended]), limit]);
    clearTimeout(killer);
    clearTimeout(giveUp);
  }

  #kill(process: Process): void {
    try {
      process.kill();
    } catch (error) {
      this.#report("not-killed", process, error);
    }
  }

  #report(event: string, { id }: Pick<Process, "id">, error: unknown): void {
    this.#log.write(event, { process: id, cause: causeOf(error) });
  }

  async #removeTemporarySpool(): Promise<void> {
    if (this.#temporarySpool === undefined) return;
    await removeTemporarySpool(this.#temporarySpool).catch((error) =>
      this.#log.write("spool-not-removed", { directory: this.#temporarySpool, cause: causeOf(error) })
    );
  }
}

/** What an error of the spool means for a start. */
function toStartError(error: unknown): unknown {
  return error instanceof SpoolError ? new StartError(`${error.message}; give another with --spool-dir`) : error;
}

function listenCause(error: unknown): string {
  switch ((error as { code?: string }).code) {
    case "EADDRINUSE":
      return "another program uses that port; choose another one with --listen";
    case "EADDRNOTAVAIL":
    case "EINVAL": // what Deno makes of it
      return "this machine has no such address; choose another one with --listen";
    case "EACCES":
      return "this user may not use that port; choose one above 1023 with --listen";
    default:
      return causeOf(error);
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
