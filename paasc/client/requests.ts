/**
 * Makes the requests of the contract from the options of the library, and checks the options.
 *
 * This module loads nothing of gRPC, so that a command line can be checked before grpc-js is loaded.
 *
 * @module
 */
import type { ExecRequest, GetLogsRequest, ListRequest, ShareRequest, SignalRequest, StopRequest } from "@paas/proto";
import { PaasError } from "../errors.ts";
import type {
  AgainOptions,
  ExecOptions,
  LimitOptions,
  ListOptions,
  LogOptions,
  Moment,
  ShareOptions,
  SignalOptions,
  StopOptions,
} from "./options.ts";
import { enumValue } from "../words/enum_words.ts";
import { KNOWN_SIGNALS, signalNumber } from "../words/signal_names.ts";
import { type Time, toDuration } from "../words/time.ts";

/** The request to start a process. It has an id, so that it is safe to repeat. */
export function execRequest(args: readonly string[], options: ExecOptions): ExecRequest {
  const { env = {}, cwd, limits, name, labels = {}, requestId, stdin, terminal } = options;
  checkTexts([...args, ...Object.entries(env).flat(), ...Object.entries(labels).flat(), cwd, name, requestId]);
  return {
    args: [...args],
    env,
    cwd,
    timeout: duration("timeout", options.timeout),
    grace: duration("grace", options.grace),
    maxOutputBytes: whole("maxOutputBytes", options.maxOutputBytes),
    limits: limits && limitsFrom(limits),
    name,
    labels,
    requestId: requestId ?? crypto.randomUUID(),
    stdin,
    terminal,
    stopAfterDisconnect: duration("stopAfterDisconnect", options.stopAfterDisconnect),
    restart: restartFrom(options.restartOnFailure),
  };
}

function restartFrom(restarts: ExecOptions["restartOnFailure"] = false): ExecRequest["restart"] {
  const maxRestarts = restarts === true ? undefined : whole("restartOnFailure", Number(restarts));
  return maxRestarts === 0 ? undefined : { condition: "RESTART_CONDITION_ON_FAILURE", maxRestarts };
}

/** The request to start a process once more. It has an id, so that it is safe to repeat. */
export function againRequest(againOf: string, { name, labels = {}, requestId }: AgainOptions): ExecRequest {
  checkTexts([...Object.entries(labels).flat(), name, requestId]);
  return { againOf, name, labels, requestId: requestId ?? crypto.randomUUID() };
}

/** Checks that the wire carries texts as they are. */
function checkTexts(texts: readonly (string | undefined)[]): void {
  const broken = texts.find((text) => text?.isWellFormed() === false);
  if (broken !== undefined) throw invalid(`${JSON.stringify(broken)} has half a surrogate pair: it is no text`);
}

function limitsFrom({ as, core, cpu, fsize, nofile, nproc }: LimitOptions): ExecRequest["limits"] {
  const limits = { as, core, cpu, fsize, nofile, nproc };
  for (const [name, limit] of Object.entries(limits)) whole(`limits.${name}`, limit);
  return limits;
}

/** The request for a log, without the id of the process. */
export function logsRequest(options: LogOptions): Omit<GetLogsRequest, "processId"> {
  const { follow = true, stream, onSlow = "wait", compress, grep, untilMatch } = options;
  return {
    follow,
    tailLines: whole("tail", options.tail),
    fromOffset: whole("fromOffset", options.fromOffset),
    since: moment("since", options.since),
    until: moment("until", options.until),
    stream: stream && enumValue("LOG_STREAM_", stream),
    onSlow: enumValue("ON_SLOW_", onSlow),
    compress,
    ...grep && { grep: { ...grep, before: whole("before", grep.before), after: whole("after", grep.after) } },
    ...untilMatch && { untilMatch },
  };
}

/** The request for a list of processes, without a page. */
export function listRequest({ state = [], name, labels = {}, since, until, allUsers }: ListOptions): ListRequest {
  return {
    states: [state].flat().map((state) => enumValue("PROCESS_STATE_", state)),
    name,
    labels,
    startedSince: moment("since", since),
    startedUntil: moment("until", until),
    allUsers,
  };
}

/** The request to stop a process. */
export function stopRequest(processId: string, { grace }: StopOptions): StopRequest {
  return { processId, grace: duration("grace", grace) };
}

/** The request to send a signal, given by name or number. */
export function signalRequest(processId: string, name: string | number, { leader }: SignalOptions): SignalRequest {
  const signal = signalNumber(String(name));
  if (signal === undefined) throw invalid(`there is no signal '${name}' (${KNOWN_SIGNALS})`);
  return { processId, signal, target: enumValue("SIGNAL_TARGET_", leader ? "leader" : "group") };
}

/** The request to share a process with another user. */
export function shareRequest(processId: string, user: string, { stop, until }: ShareOptions): ShareRequest {
  const permission = enumValue("SHARE_PERMISSION_", stop ? "stop" : "view");
  return { processId, user, permission, until: moment("until", until) };
}

/** Checks an optional number of milliseconds. */
function duration(name: string, milliseconds: number | undefined): Time | undefined {
  if (milliseconds === undefined) return undefined;
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return toDuration(milliseconds);
  throw invalid(`${name} must be a number of milliseconds, not ${milliseconds}`);
}

/** Checks an optional whole number. */
export function whole(name: string, number: number | undefined): number | undefined {
  if (number === undefined || Number.isSafeInteger(number) && number >= 0) return number;
  throw invalid(`${name} must be a whole number, not ${number}`);
}

/** Checks an optional point in time. */
function moment(name: string, moment: Moment | undefined): Time | undefined {
  if (moment === undefined) return undefined;
  const time = moment instanceof Date ? toDuration(moment.getTime()) : moment;
  if (time.seconds >= 0 && time.nanos >= 0) return time;
  throw invalid(`${name} must be a time since 1970`);
}

function invalid(sentence: string): PaasError {
  return new PaasError("invalid-argument", sentence);
}
