/**
 * The parts of a daemon, and how they are put together.
 *
 * @module
 */
import { Spool, SpoolError } from "@paas/worker";
import { clock } from "@paas/worker/system";
import { Access } from "./access/access.ts";
import { type Address, formatAddress } from "./address.ts";
import { Drain } from "./drain.ts";
import { FrontDoor } from "./door/front_door.ts";
import { cutWhenSilent } from "./door/silence.ts";
import { causeOf, StartError } from "./errors.ts";
import type { Guest } from "./identity/identity.ts";
import type { Options } from "./options/options.ts";
import { warnOfFiles } from "./preflight/file_warnings.ts";
import { preflight } from "./preflight/preflight.ts";
import { Confinement } from "./processes/confinement.ts";
import { Expiry, type ExpiryHost } from "./processes/expiry.ts";
import { ProcessTable } from "./processes/process_table.ts";
import { Spawner } from "./processes/spawner.ts";
import { makeTemporarySpool, removeTemporarySpool } from "./processes/temporary_spool.ts";
import { FiguresServer } from "./figures/figures_server.ts";
import { observedOf } from "./figures/observed.ts";
import { type Limits, limitsOf } from "./quotas/limits.ts";
import { descriptorLimit as readDescriptorLimit } from "./quotas/open_files.ts";
import { Quotas } from "./quotas/quotas.ts";
import { Restarts } from "./restarts/restarts.ts";
import { CallServer } from "./server.ts";
import { Service } from "./service/service.ts";
import { Starter } from "./service/starter.ts";
import type { Running } from "./shutdown.ts";
import { AuditLog } from "./telemetry/audit.ts";
import type { DaemonLog } from "./telemetry/daemon_log.ts";
import { RefusalLog } from "./telemetry/refusal_log.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import { Trust } from "./trust/trust.ts";

/** The parts of a running daemon that are needed after its start. */
export interface Parts extends Running {
  readonly trust: Trust;
  readonly audit: AuditLog | undefined;
  readonly spawner: Spawner;
}

/** The parts that stand before any call: whom the daemon trusts, what it writes, and what it may use. */
interface Foundations {
  readonly access: Access;
  readonly trust: Trust;
  readonly audit: AuditLog | undefined;
  readonly refusals: RefusalLog;
  readonly limits: Limits;
  readonly confinement: Confinement;
  readonly spool: Spool;
  readonly directory: string;
  readonly descriptorLimit: number;
  readonly figures: FiguresServer | undefined;
}

/**
 * Puts a daemon together; it listens when this resolves.
 *
 * @param closing Takes everything that is to be closed, and closes it in the opposite order.
 * @throws {StartError} When the daemon cannot start.
 */
export async function makeParts(
  options: Options,
  log: DaemonLog,
  telemetry: Telemetry | undefined,
  closing: AsyncDisposableStack,
): Promise<Parts> {
  const foundations = await layFoundations(options, log, telemetry, closing);
  const { access, trust, audit, refusals, limits, confinement, spool, figures } = foundations;
  const { stopGrace } = options;
  const quotas = new Quotas(limits);
  const table = new ProcessTable(spool);
  const makeRoom = (user: string) => expiry.makeRoom(user);
  const spawner = new Spawner({ spool, quotas, makeRoom, confinement, stopGrace, telemetry });
  const restarts = new Restarts({ table, log });
  const starter = new Starter({ table, spawner, access, trust, restarts, audit });
  const service = new Service({
    ...{ table, starter, restarts, access, spool, quotas, metrics: telemetry?.metrics },
    drain: (timeout, user) => drain.begin(timeout, user),
  });
  const callsTooMuch = (guest: Guest, message: string) => refusals.callsTooMuch(guest, message);
  const server = new CallServer({ services: { log, access, audit }, service, quotas, telemetry, callsTooMuch });
  const drain: Drain = closing.use(new Drain({ log, table, restarts, server, timeout: options.drainTimeout }));
  const door = await openDoor(options, foundations, server);
  trust.listener = {
    credentialsChanged: (credentials) => door.credentials = credentials,
    guestsChanged: () => door.expel(),
  };
  const recovery = new AbortController();
  const recovered = recover(spool, stopGrace, log, recovery.signal);
  closing.defer(() => recovered);
  const expiryHost: ExpiryHost = {
    liveBytes: (user) => quotas.liveDescriptions(user),
    remove: (id) =>
      service.forget(id).catch((error) => log.write("not-removed", { process: id, cause: causeOf(error) })),
    stepped: (milliseconds) => log.write("clock-stepped", { seconds: Math.round(milliseconds / 1000) }),
  };
  const expiry = closing.use(new Expiry(spool.history.records.usages, options, expiryHost, clock));
  if (telemetry) {
    const { directory, descriptorLimit } = foundations;
    const observed = observedOf(
      { log, audit, trust, table, spool, door, options, directory, descriptorLimit },
      closing,
    );
    closing.use(telemetry.metrics.observe(observed)); // closed before the spool, whose database it reads
  }
  if (figures) figures.state = "serving";
  return { log, trust, audit, spawner, table, restarts, server, door, expiry, figures, drain, recovery };
}

async function layFoundations(
  options: Options,
  log: DaemonLog,
  telemetry: Telemetry | undefined,
  closing: AsyncDisposableStack,
): Promise<Foundations> {
  const access = new Access();
  const trust = await readTrust(options, access, log, closing);
  const audit = closing.use(await openAuditLog(options, log));
  const refusals = closing.use(new RefusalLog({ log, audit, metrics: telemetry?.metrics }));
  const descriptorLimit = await readDescriptorLimit();
  const limits = limitsOf(options, descriptorLimit);
  log.write("limits", { descriptors: descriptorLimit, ...limits });
  const confinement = closing.use(await Confinement.start(options, log));
  const { spool, directory } = await openSpool(options, log, closing);
  const figures = closing.use(await openFigures(options, log, telemetry));
  return { access, trust, audit, refusals, limits, confinement, spool, directory, descriptorLimit, figures };
}

/**
 * Reads whom the daemon trusts, and looks whether the daemon can be what its options say.
 *
 * @throws {StartError} When it cannot.
 */
export async function readTrust(
  options: Options,
  access: Access,
  log: DaemonLog,
  closing: AsyncDisposableStack,
): Promise<Trust> {
  const trust = closing.use(await Trust.read(options, access, log));
  await warnOfFiles(options, log);
  await preflight(options, trust.credentials, log);
  return trust;
}

async function openAuditLog({ auditLog, auditArgv }: Options, log: DaemonLog): Promise<AuditLog | undefined> {
  return auditLog === undefined ? undefined : await AuditLog.open({ path: auditLog, argv: auditArgv, log });
}

async function openSpool(
  options: Options,
  log: DaemonLog,
  closing: AsyncDisposableStack,
): Promise<{ spool: Spool; directory: string }> {
  const { spoolDir, temporary, maxSpoolBytesPerUser: maxGroupBytes } = options;
  const keep = spoolDir !== undefined;
  const directory = spoolDir ?? await makeTemporarySpool(temporary);
  if (!keep) {
    closing.defer(() =>
      removeTemporarySpool(directory).catch((error) =>
        log.write("spool-not-removed", { directory, cause: causeOf(error) })
      )
    );
  }
  try {
    return { spool: closing.use(await Spool.open(directory, { ...options, maxGroupBytes, keep })), directory };
  } catch (error) {
    throw toStartError(error);
  }
}

/** Makes an error of the spool an error of the start. */
export function toStartError(error: unknown): unknown {
  return error instanceof SpoolError ? new StartError(`${error.message}; give another with --spool-dir`) : error;
}

async function openDoor(
  { listen, identity }: Options,
  { trust, refusals, limits }: Foundations,
  server: CallServer,
): Promise<FrontDoor> {
  try {
    return await FrontDoor.open({
      listen,
      credentials: trust.credentials,
      limits,
      identity,
      objection: (guest) => trust.objection(guest),
      admit: (socket) => {
        cutWhenSilent(socket);
        server.serve(socket);
      },
      refused: (address, objection) => refusals.refused(address, objection),
      expelled: (guest, objection) => refusals.expelled(guest, objection),
    });
  } catch (error) {
    throw toListenError("--listen", listen, error);
  }
}

/** Opens the page of metrics and the health check, if the operator wants them. */
async function openFigures(
  { metricsListen }: Options,
  log: DaemonLog,
  telemetry: Telemetry | undefined,
): Promise<FiguresServer | undefined> {
  const exposition = telemetry?.exposition;
  if (!exposition || metricsListen === undefined) return undefined;
  const failed = (error: unknown) => log.writeUnforeseen("metrics", error);
  try {
    const server = await FiguresServer.open(metricsListen, exposition, failed);
    log.write("metrics-listening", { address: formatAddress(server.address) });
    return server;
  } catch (error) {
    throw toListenError("--metrics-listen", metricsListen, error);
  }
}

/** Makes an error of the start of the reason why an address cannot be listened on. */
export function toListenError(flag: string, address: Address, error: unknown): StartError {
  return new StartError(`Cannot listen on ${formatAddress(address)}: ${listenCause(flag, error)}`);
}

function listenCause(flag: string, error: unknown): string {
  switch ((error as { code?: string }).code) {
    case "EADDRINUSE":
      return `another program uses that port; choose another one with ${flag}`;
    case "EADDRNOTAVAIL":
    case "EINVAL": // the code in Deno
      return `this machine has no such address; choose another one with ${flag}`;
    case "EACCES":
      return `this user may not use that port; choose one above 1023 with ${flag}`;
    default:
      return causeOf(error);
  }
}

/** Clears up behind an earlier daemon that has not ended in good order on the same spool, until the signal aborts. */
async function recover(spool: Spool, grace: number, log: DaemonLog, signal: AbortSignal): Promise<void> {
  const processes = spool.history.records.usages.finishedCount;
  if (processes > 0) log.write("restored", { processes });
  await spool.recover({
    grace,
    signal,
    report: (event, subject, about) =>
      log.write(event, event.startsWith("l") ? { process: subject, ...about } : { name: subject }),
  });
}
