/**
 * The options of `paasc exec` and `paasc run`.
 *
 * @module
 */
import type { ExecOptions } from "../client/options.ts";
import { ExitError } from "../exit.ts";
import type { Given, Option, Repeated } from "../settings/settings.ts";
import { LIMIT_NAMES, parseDuration, parseLimits, parseSize } from "@paas/proto/units";
import { isStdin, isVariableName, readEnvFile } from "./env_file.ts";
import { DURATION, LIMITS, optionValue, optionValues, pair, usageError } from "./value.ts";

/** The options of `paasc exec` and `paasc run`. */
export const EXEC_OPTIONS: readonly Option[] = [
  { name: "env", letter: "e", value: "K=V", repeatable: true, help: "set a variable; K alone passes yours on" },
  { name: "env-file", value: "FILE", repeatable: true, help: "set the variables in a file or stdin (-)" },
  { name: "cwd", letter: "w", also: ["workdir"], value: "DIR", help: "the working directory there, an absolute path" },
  { name: "timeout", value: "DURATION", help: "stop the process after this time" },
  { name: "grace", value: "DURATION", help: "time from SIGTERM to SIGKILL in a stop" },
  { name: "max-output", value: "SIZE", help: "stop the process when it has printed more" },
  {
    name: "limit",
    value: "NAME=VALUE",
    repeatable: true,
    completes: LIMIT_NAMES.map((name) => `${name}=`).join("|"),
    help: "limit a resource: nofile=100, cpu=1h",
  },
  { name: "name", value: "NAME", help: "a name, which stands for the id" },
  { name: "label", letter: "l", value: "K=V", repeatable: true, help: "a label, for 'paasc list --label'" },
  {
    name: "restart",
    value: "POLICY",
    completes: "no|on-failure",
    help: "start it again: no, on-failure or on-failure:MAX",
  },
  { name: "request-id", value: "TEXT", help: "start it once, however often this is repeated" },
  { name: "on-disconnect", value: "WHAT", help: "when paasc is gone: keep, stop, or stop-after=DURATION" },
];

const MEMORY = "'--limit as=512M' limits the memory of each process";
const MACHINE = "processes use the files, the network and the account of the daemon's machine, without images or ports";

/** Options of docker that `paasc exec` and `paasc run` have not, with a sentence that says what to do instead. */
export const EXEC_HINTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["-p", "-v", "-u", "-h", "--publish", "--volume", "--mount", "--user", "--network"].map((name) => [
      name,
      MACHINE,
    ]),
  ),
  "-m": MEMORY,
  "--memory": MEMORY,
};

/** The beginning of the variables in which the script around `paasc` passes on the user's variables that `--env NAME` names. */
const PASSED = "PAASC_PASS_";

const VARIABLE = "NAME=VALUE, or the NAME of a variable that is set here";

/** A variable by its name and value, or by the name of one that is set here. */
function variable(text: string): [name: string, value: string] | undefined {
  const given = pair(text);
  if (given || !/^[A-Za-z_]\w*$/.test(text)) return given;
  const value = Deno.env.get(PASSED + text);
  return value === undefined ? undefined : [text, value];
}

/** Maximum number of restarts, as the daemon has it. */
const MAX_RESTARTS = 100;

const RESTARTS = `no, on-failure, or on-failure: and a number of restarts from 1 to ${MAX_RESTARTS}`;

const DISCONNECTS = "keep, stop, or stop-after= and a duration such as 30s";

/**
 * The options of the library that follow from a command line.
 *
 * @param lease Default time that the process may run without its client, in milliseconds; undefined is for ever
 * @throws {ExitError} When a value is invalid
 */
export async function execOptionsFrom(
  command: "exec" | "run",
  args: readonly string[],
  given: Given,
  repeated: Repeated,
  lease?: number,
): Promise<ExecOptions> {
  // Deno decodes the command line, and puts U+FFFD where it is not UTF-8. The daemon would start another command.
  const texts = [...args, ...Object.values(given), ...Object.values(repeated).flat()];
  const broken = texts.find((text) => text?.includes("\ufffd"));
  if (broken !== undefined) {
    throw new ExitError("usage", `'${broken}' is not UTF-8 text, and so cannot be passed on unchanged`);
  }
  const value = <Value>(name: string, what: string, parse: (text: string) => Value | undefined) =>
    optionValue(command, given, name, what, parse);
  const values = <Value>(name: string, what: string, parse: (text: string) => Value | undefined) =>
    optionValues(command, repeated, name, what, parse);

  const onDisconnect = value("on-disconnect", DISCONNECTS, parseDisconnect) ?? lease ?? "keep";
  const limits = values("limit", LIMITS, parseLimits);
  const variables = values("env", VARIABLE, variable); // checked before files are read
  const odd = variables.find(([name]) => !isVariableName(name));
  if (odd) throw usageError(command, `option '--env' takes a name without white space, not '${odd[0]}'`);
  const files = repeated["env-file"] ?? [];
  const stdinFiles = files.filter(isStdin);
  if (stdinFiles.length > 1) throw usageError(command, "option '--env-file' can name stdin once");
  if (stdinFiles.length > 0 && command === "run" && given["no-stdin"] === undefined) {
    throw new ExitError(
      "usage",
      `option '--env-file ${stdinFiles[0]}' takes stdin from the program: give '--no-stdin' too, or a file`,
    );
  }
  const inFiles = await Promise.all(files.map(readEnvFile));
  return {
    env: Object.fromEntries([...inFiles.flat(), ...variables]),
    cwd: given.cwd,
    timeout: value("timeout", DURATION, parseDuration),
    grace: value("grace", DURATION, parseDuration),
    maxOutputBytes: value(
      "max-output",
      "a size such as 4096, 512K, 10MiB or 1T",
      (text) => parseSize(text) || undefined,
    ),
    limits: limits.length > 0 ? Object.assign({}, ...limits) : undefined,
    name: given.name,
    labels: Object.fromEntries(values("label", "NAME=VALUE", pair)),
    requestId: given["request-id"],
    stopAfterDisconnect: onDisconnect === "keep" ? undefined : onDisconnect,
    restartOnFailure: value("restart", RESTARTS, parseRestart),
  };
}

/** The number of restarts by the words of docker; true is the daemon's default, and undefined any other text. */
export function parseRestart(text: string): boolean | number | undefined {
  if (text === "no") return false;
  if (text === "on-failure") return true;
  const restarts = Number(/^on-failure:(\d{1,3})$/.exec(text)?.[1]);
  return restarts >= 1 && restarts <= MAX_RESTARTS ? restarts : undefined;
}

/** The action when the client is gone: "keep", or a stop after this many milliseconds; undefined for any other text. */
export function parseDisconnect(text: string): "keep" | number | undefined {
  if (text === "keep") return "keep";
  if (text === "stop") return 0;
  const [, duration] = /^stop-after=(.*)$/.exec(text) ?? [];
  return duration === undefined ? undefined : parseDuration(duration);
}
