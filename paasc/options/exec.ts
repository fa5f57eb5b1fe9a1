/**
 * The options of `paasc exec`.
 *
 * @module
 */
import type { ExecRequest } from "@paas/proto";
import { ExitError } from "../exit.ts";
import type { Given, Option, Repeated } from "../settings/settings.ts";
import { parseDuration, toDuration } from "../words/time.ts";
import { isStdin, isVariableName, readEnvFile } from "./env_file.ts";
import { limitNames, limitsForm, parseLimits } from "./limits.ts";
import { durations, optionValue, optionValues, pair } from "./value.ts";

/** All of them. */
export const execOptions: readonly Option[] = [
  { name: "env", value: "K=V", repeatable: true, help: "set an environment variable" },
  { name: "env-file", value: "FILE", repeatable: true, help: "set the variables in a file, or in stdin (-)" },
  { name: "cwd", value: "DIR", help: "the working directory there, an absolute path" },
  { name: "timeout", value: "DURATION", help: "stop it when it has run so long" },
  { name: "grace", value: "DURATION", help: "how long a stop waits from SIGTERM to SIGKILL" },
  { name: "max-output", value: "SIZE", help: "stop it when it has printed more than that" },
  {
    name: "limit",
    value: "NAME=VALUE",
    repeatable: true,
    completes: limitNames.map((name) => `${name}=`).join("|"),
    help: "how much it may use: nofile=100, fsize=10G, cpu=1h",
  },
  { name: "name", value: "NAME", help: "a name for it, which stands for its id" },
  { name: "label", value: "K=V", repeatable: true, help: "a label to find it by" },
  { name: "request-id", value: "TEXT", help: "start it once, however often this is repeated" },
  { name: "on-disconnect", value: "WHAT", help: "when paasc is gone: keep, stop, or stop-after=DURATION" },
];

const disconnects = "keep, stop, or stop-after= and a duration such as 30s";

/**
 * The request that a command line comes to.
 *
 * @param lease How long the process goes on without its client unless the command line says it, in milliseconds;
 *   undefined is for ever
 * @throws {ExitError} When a value is no good
 */
export async function execRequest(
  command: "exec" | "run",
  args: readonly string[],
  given: Given,
  repeated: Repeated,
  lease?: number,
): Promise<ExecRequest> {
  // Deno decodes the command line and puts U+FFFD where it is no UTF-8: better to refuse than to run something else.
  const texts = [...args, ...Object.values(given), ...Object.values(repeated).flat()];
  const broken = texts.find((text) => text?.includes("\ufffd"));
  if (broken !== undefined) {
    throw new ExitError("usage", `'${broken}' is not UTF-8 text, and so cannot be passed on unchanged`);
  }
  const value = <Value>(name: string, what: string, parse: (text: string) => Value | undefined) =>
    optionValue(command, name, given[name], what, parse);
  const duration = (name: string) => {
    const milliseconds = value(name, durations, parseDuration);
    return milliseconds === undefined ? undefined : toDuration(milliseconds);
  };

  const onDisconnect = value("on-disconnect", disconnects, parseDisconnect) ?? lease ?? "keep";
  const limits = optionValues(command, "limit", repeated.limit, limitsForm, parseLimits);
  const variables = optionValues(command, "env", repeated.env, "NAME=VALUE", pair); // before files are read
  const odd = variables.find(([name]) => !isVariableName(name));
  if (odd) {
    const fault = `option '--env' takes a name without white space, not '${odd[0]}'`;
    throw new ExitError("usage", `${fault}: see 'paasc ${command} --help'`);
  }
  const files = repeated["env-file"] ?? [];
  const stdinFiles = files.filter(isStdin);
  if (stdinFiles.length > 1) {
    throw new ExitError("usage", `option '--env-file' can name stdin once: see 'paasc ${command} --help'`);
  }
  if (stdinFiles.length > 0 && command === "run" && given["no-stdin"] === undefined) {
    throw new ExitError(
      "usage",
      `option '--env-file ${stdinFiles[0]}' takes stdin from the program: give '--no-stdin' too, or a file`,
    );
  }
  const inFiles = await Promise.all(files.map(readEnvFile));
  const env = Object.fromEntries([...inFiles.flat(), ...variables]);
  return {
    args: [...args],
    env,
    cwd: given.cwd,
    timeout: duration("timeout"),
    grace: duration("grace"),
    maxOutputBytes: value("max-output", "a size such as 4096, 512K, 10M or 1G", parseSize),
    limits: limits.length > 0 ? Object.assign({}, ...limits) : undefined,
    name: given.name,
    labels: Object.fromEntries(optionValues(command, "label", repeated.label, "NAME=VALUE", pair)),
    requestId: given["request-id"] ?? crypto.randomUUID(),
    stopAfterDisconnect: onDisconnect === "keep" ? undefined : toDuration(onDisconnect),
  };
}

/** How many bytes each unit has. */
const units: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** A size in bytes, more than none; undefined when the text is none. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)([KMG]?)$/.exec(text.toUpperCase()) ?? [];
  const bytes = Number(amount) * units[unit ?? ""]!;
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** What is to happen when the client is gone: nothing, or a stop after so many milliseconds; undefined when no text of it. */
export function parseDisconnect(text: string): "keep" | number | undefined {
  if (text === "keep") return "keep";
  if (text === "stop") return 0;
  const [, duration] = /^stop-after=(.*)$/.exec(text) ?? [];
  return duration === undefined ? undefined : parseDuration(duration);
}
