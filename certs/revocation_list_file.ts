/**
 * The revocation list of a directory, `client-ca.crl`: read together with the record, and written anew.
 *
 * @module
 */
import type { Authority } from "./authority.ts";
import type { Directory } from "./directory.ts";
import { DAY_MS } from "@paas/proto/expiry";
import type { RecordFile } from "./record.ts";
import { readList, type Revocation, type RevocationList } from "./revocation_list.ts";

/** The name of the file. */
export const LIST = "client-ca.crl";

/** How long a list is good, in days, unless `--days` says another number. */
export const LIST_DAYS = 30;

/** All revocations, and the list as it stands. */
export interface Revocations {
  /** Those of the list, and those that the record has besides: a list that was lost loses none. */
  readonly revocations: readonly Revocation[];
  /** Undefined when there is no list. */
  readonly list: RevocationList | undefined;
}

/**
 * Reads the revocations.
 *
 * @throws {Error} When the list is damaged, or of another CA.
 */
export async function readRevocations(directory: Directory, record: RecordFile): Promise<Revocations> {
  const [pem, ca] = [await directory.read(LIST), await directory.read("client-ca.crt")];
  let list: RevocationList | undefined;
  try {
    if (pem !== undefined && ca !== undefined) list = readList(pem, ca);
  } catch (cause) {
    throw new Error(
      `Cannot use ${directory.file(LIST)}: ${(cause as Error).message}. Move it away to begin a new one.`,
      { cause },
    );
  }
  const entries: readonly Revocation[] = list?.entries ?? [];
  const listed = new Set(entries.map(({ serial }) => serial));
  return { revocations: [...entries, ...record.revocations.filter(({ serial }) => !listed.has(serial))], list };
}

/** Writes the next list, which has more revocations. The previous list is not kept, for the new one says all of it. */
export async function writeRevocations(
  directory: Directory,
  record: RecordFile,
  authority: Authority,
  days = LIST_DAYS,
): Promise<void> {
  const { revocations, list } = await readRevocations(directory, record);
  const text = await authority.revocationList({
    revocations,
    number: (list?.number ?? 0n) + 1n,
    nextUpdate: new Date(Date.now() + days * DAY_MS),
  });
  await directory.swap(new Map([[LIST, text]]));
}
