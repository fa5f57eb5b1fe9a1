/**
 * Finds a user by the user id, its beginning, or the name in the certificate.
 *
 * @module
 */
import type { Connection } from "../connection/connection.ts";
import { PaasError } from "../errors.ts";
import { nameText, userName } from "../words/user_names.ts";
import { pages } from "./list_processes.ts";

/** A whole user id. */
const USER_ID = /^[0-9a-f]{64}$/;

/** The beginning of a user id, as long as `paasc list --all` shows it or longer. */
const SHOWN_ID = /^[0-9a-f]{8,64}$/;

/** Maximum number of candidates in the error about an ambiguous word. */
const MAX_CANDIDATES = 5;

/** Number of digits of the ids in that error. */
const CANDIDATE_DIGITS = 16;

/**
 * Finds the id of the user that a word names, among the owners of processes that have not finished. A whole id is
 * returned at once, without a call. Names come from certificates, so several users may have one.
 *
 * @throws {PaasError} `not-found` when the word names no user, `ambiguous` when it names several
 */
export async function findUser(connection: Connection, word: string): Promise<string> {
  const id = word.toLowerCase();
  if (USER_ID.test(id)) return id;
  const states = ["PROCESS_STATE_RUNNING", "PROCESS_STATE_STOPPING"] as const;
  const found = new Map<string, string>(); // subjects by id
  for await (
    const page of pages((request) => connection.list(request), { states: [...states], allUsers: true })
  ) {
    for (const { owner, ownerSubject } of page) {
      const named = ownerSubject !== "" && [ownerSubject, userName(ownerSubject)].includes(word);
      if (owner && (named || SHOWN_ID.test(id) && owner.startsWith(id))) found.set(owner, ownerSubject);
    }
  }
  const [first, ...others] = found.keys();
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) {
    throw new PaasError(
      "not-found",
      `no user with a running process has '${word}' for the name in the certificate, or for the user id or its beginning`,
    );
  }
  const shown = [...found].slice(0, MAX_CANDIDATES).map(([id, subject]) =>
    `${id.slice(0, CANDIDATE_DIGITS)} (${nameText(subject) || "no name"})`
  );
  const more = found.size > MAX_CANDIDATES ? ", and more" : "";
  throw new PaasError(
    "ambiguous",
    `several users are called '${word}', give the id of one: ${shown.join(", ")}${more}`,
  );
}
