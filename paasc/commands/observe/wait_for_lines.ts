/**
 * Waits until processes have printed a line.
 *
 * @module
 */
import type { PatternOptions } from "../../client/options.ts";
import { logsRequest } from "../../client/requests.ts";
import type { Context } from "../../command.ts";
import { ask } from "../../connection/reconnect.ts";
import { SharedConnection } from "../../connection/shared_connection.ts";
import { noteTo, print } from "../../print/output.ts";
import { findProcess } from "../../streams/find_process.ts";
import { followLog } from "../../streams/follow.ts";
import { LogAccount } from "../../streams/log_account.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { Ending, noLine } from "./ending.ts";

/** The lines to wait for. */
export interface Lines {
  /** The processes: ids, beginnings of ids, or names. */
  readonly names: readonly string[];
  readonly pattern: PatternOptions;
  /** Whether one of the processes is enough. */
  readonly any: boolean;
  /** Maximum time, in milliseconds. */
  readonly timeout: number | undefined;
}

/**
 * Waits until each process has printed a line that matches, or one of them has.
 *
 * @throws {ExitError} When the output ends without such a line, or the time is over
 */
export async function waitForLines(
  { settings, stdout, stderr }: Context,
  { names, pattern, any, timeout }: Lines,
): Promise<void> {
  using ending = new Ending(timeout);
  using connection = new SharedConnection(settings);
  const enough = new AbortController();
  const signal = AbortSignal.any([ending.signal, enough.signal]);
  const persistence = { settings: connection, note: noteTo(stderr), signal };
  // The daemon sends the line that matches, and declares all others as passed over.
  const request = logsRequest({ grep: pattern, untilMatch: pattern });
  const matched = new Map<string, string>();
  const waitFor = async (name: string, id: string) => {
    const account = new LogAccount();
    for await (const message of followLog({ ...persistence, process: id, request, position: () => account.position })) {
      account.take(message);
      if (message.end?.matched) matched.set(id, name);
    }
    if (signal.aborted) return;
    account.finish();
    if (matched.has(id) && any) enough.abort();
    else if (!matched.has(id) && !any) throw noLine(pattern, `the output of ${name}`);
  };
  let ids: string[] = [];
  try {
    ids = await ask(persistence, (connection) => Promise.all(names.map((name) => findProcess(connection, name))));
    await Promise.all(ids.map((id, index) => waitFor(names[index]!, id)));
  } catch (error) {
    enough.abort();
    if (!ending.signal.aborted && matched.size === 0 || !any && !ending.signal.aborted) throw error;
  }
  const [first] = matched.keys();
  if (any && first !== undefined) {
    return await print(stdout, settings.output === "json" ? jsonLine({ id: first }) : `${first}\n`);
  }
  if (!any && ids.length > 0 && ids.every((id) => matched.has(id))) return;
  if (!ending.signal.aborted) throw noLine(pattern, `the output of ${names.join(", ")}`);
  const late = names.filter((_, index) => !matched.has(ids[index] ?? ""));
  const verb = late.length === 1 ? "has" : "have";
  throw ending.error(`${late.join(", ")} ${verb} not printed a line that matches '${pattern.pattern}'`);
}
