/**
 * Checks a `GetLogs` request, and converts it to the worker's options.
 *
 * @module
 */
import type {
  GetLogsRequest__Output,
  LogStream__Output as LogStreamMessage,
  OnSlow__Output as OnSlowMessage,
} from "@paas/proto";
import type { LogReaderOptions, LogStream } from "@paas/worker";
import { InvalidArgumentError } from "../errors.ts";
import { toTime } from "./fields.ts";

const STREAMS: Record<LogStreamMessage, LogStream | undefined> = {
  LOG_STREAM_UNSPECIFIED: undefined,
  LOG_STREAM_STDOUT: "stdout",
  LOG_STREAM_STDERR: "stderr",
};

const ON_SLOW: Record<OnSlowMessage, LogReaderOptions["onSlow"]> = {
  ON_SLOW_UNSPECIFIED: undefined,
  ON_SLOW_WAIT: "wait",
  ON_SLOW_SKIP: "skip",
};

/**
 * Converts the place where a reader of a log begins.
 *
 * @throws {InvalidArgumentError} When a request gives two places.
 */
export function toPlace(
  { fromOffset, tailLines }: Pick<GetLogsRequest__Output, "fromOffset" | "tailLines">,
): Pick<LogReaderOptions, "fromOffset" | "tailLines"> {
  if (fromOffset > 0 && tailLines !== undefined) {
    throw new InvalidArgumentError("Give from_offset or tail_lines, not both: a tail is counted from the end");
  }
  return { fromOffset, tailLines };
}

/**
 * Converts a request to the options of a reader.
 *
 * @throws {InvalidArgumentError} When a field is not one of its values.
 */
export function toReaderOptions(request: GetLogsRequest__Output): LogReaderOptions {
  const { follow, since, until, stream, onSlow } = request;
  if (!(stream in STREAMS)) throw new InvalidArgumentError("The stream must be stdout, stderr, or unset for both");
  if (!(onSlow in ON_SLOW)) throw new InvalidArgumentError("A reader that is slow must wait or skip; unset is to wait");
  return {
    ...toPlace(request),
    follow,
    since: since ? toTime("since", since) : undefined,
    until: until ? toTime("until", until) : undefined,
    stream: STREAMS[stream],
    onSlow: ON_SLOW[onSlow],
  };
}
