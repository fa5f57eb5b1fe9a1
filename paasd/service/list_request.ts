/**
 * A `List` request, checked and in the table's terms.
 *
 * @module
 */
import type { ListRequest__Output, ProcessState__Output } from "@paas/proto";
import { InvalidArgumentError } from "../errors.ts";
import type { ListFilter } from "../processes/listing.ts";
import { toTime } from "./fields.ts";
import { STATES } from "./status_message.ts";

const MAX_PAGE_SIZE = 1_000;
const DEFAULT_PAGE_SIZE = 100;

/** What a request wants to have listed, and how many of them. */
export function toListFilter(request: ListRequest__Output): ListFilter & { readonly pageSize: number } {
  const { states, name, labels, startedSince, startedUntil, idPrefix, pageSize, pageToken } = request;
  if (pageSize < 0) throw new InvalidArgumentError("The page_size must not be negative");
  if (!/^[0-9a-f-]{0,36}$/i.test(idPrefix)) {
    throw new InvalidArgumentError("The id_prefix must be of hexadecimal digits and '-', as an id is");
  }
  if (!/^\d*$/.test(pageToken)) throw new InvalidArgumentError("The page_token must be one that List has given");
  const [wanted, known] = [new Set(states), new Set<ProcessState__Output>(Object.values(STATES))];
  if (!wanted.isSubsetOf(known)) {
    throw new InvalidArgumentError("A state must be running, stopping or finished");
  }
  const before = pageToken ? Number(pageToken) : Infinity;
  const finished = wanted.size === 0 || wanted.has(STATES.finished);
  const since = startedSince ? toTime("started_since", startedSince) : -Infinity;
  const until = startedUntil ? toTime("started_until", startedUntil) : Infinity;
  const [wantedLabels, beginning] = [Object.entries(labels), idPrefix.toLowerCase()];
  return {
    pageSize: Math.min(pageSize || DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE),
    before,
    name,
    idPrefix: beginning,
    labels: wantedLabels.length > 0,
    finished,
    holds: ({ id, sequence, state, startTime, ...listed }) =>
      sequence < before &&
      (wanted.size === 0 || wanted.has(STATES[state])) &&
      (name === "" || listed.name === name) &&
      wantedLabels.every(([key, value]) => Object.hasOwn(listed.labels, key) && listed.labels[key] === value) &&
      startTime >= since && startTime < until &&
      id.startsWith(beginning),
  };
}
