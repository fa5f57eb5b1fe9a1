/**
 * The CAs of the clients, and the search for the one that has signed a certificate.
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import { type ClientCertificate, readCertificate } from "../identity/certificate.ts";
import { parseCertificates } from "./credentials.ts";
import { UnauthenticatedError } from "../errors.ts";
import { isSame, isSignedBy, isUnverifiable, readSigned } from "../identity/signature.ts";

/** Maximum number of certificates whose signers are remembered: to find them anew takes a millisecond. */
const MAX_REMEMBERED = 10_000;

/** A CA whose certificate stands in the file of `--client-ca`. */
export interface ClientCa {
  readonly x509: X509Certificate;
  /** The parts of its own certificate. */
  readonly own: Pick<ClientCertificate, "fingerprint" | "issuer" | "serial" | "subject" | "publicKey">;
}

/** The CAs of one file. */
export class ClientCas implements Iterable<ClientCa> {
  readonly #cas: readonly ClientCa[];
  readonly #remembered = new Map<string, readonly ClientCa[]>();

  /** @param pem The text of the file, or nothing. */
  constructor(pem = "") {
    this.#cas = parseCertificates(pem).map((x509) => ({ x509, own: readCertificate(x509.raw) }));
  }

  /**
   * Gives the CAs that have signed a certificate themselves. They have one name and one key, and can still be several:
   * the old and the new certificate of a renewed CA.
   *
   * @throws {UnauthenticatedError} When the runtime cannot verify the signature.
   */
  signersOf(
    { fingerprint, issuer, der }: Pick<ClientCertificate, "fingerprint" | "issuer" | "der">,
  ): readonly ClientCa[] {
    const known = this.#remembered.get(fingerprint);
    if (known) return known;
    const signed = readSigned(der);
    const namesakes = this.#cas.filter(({ own }) => isSame(own.subject, issuer));
    const signers = namesakes.filter(({ x509 }) => isSignedBy(signed, x509.publicKey));
    if (signers.length === 0 && namesakes.some(({ x509 }) => isUnverifiable(signed, x509.publicKey))) {
      throw new UnauthenticatedError(
        "its certificate is signed with SHA-256 by a CA whose key is on P-521: sign it with SHA-512",
      );
    }
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(fingerprint, signers);
    return signers;
  }

  /** Tells whether all of these CAs are among others. */
  isWithin(others: ClientCas): boolean {
    const fingerprints = new Set([...others].map(({ own }) => own.fingerprint));
    return this.#cas.every(({ own }) => fingerprints.has(own.fingerprint));
  }

  /** Gives the CAs that share a name with another one, but not its key. */
  namesakes(): ClientCa[] {
    return this.#cas.filter(({ own }) =>
      this.#cas.some((other) => isSame(own.subject, other.own.subject) && !isSame(own.publicKey, other.own.publicKey))
    );
  }

  [Symbol.iterator](): Iterator<ClientCa> {
    return this.#cas[Symbol.iterator]();
  }
}
