/**
 * The development certificates of the repository. Their private keys are public, so they protect nothing.
 *
 * @module
 */
import alice from "../../certs/alice.crt" with { type: "text" };
import bob from "../../certs/bob.crt" with { type: "text" };
import clientCa from "../../certs/client-ca.crt" with { type: "text" };
import serverCa from "../../certs/server-ca.crt" with { type: "text" };
import server from "../../certs/server.crt" with { type: "text" };
import { type Credentials, parseCertificates } from "./credentials.ts";
import { StartError } from "../errors.ts";
import { type Address, formatAddress, isLoopback } from "../address.ts";
import { isSignedBy, readSigned } from "../identity/signature.ts";

/** Certificates whose private keys are public. */
const PUBLISHED = [alice, bob, clientCa, serverCa, server].flatMap(parseCertificates);

/**
 * Checks that development certificates are not used where other machines could reach them.
 *
 * @throws {StartError} When the address is not a loopback one, and the daemon's certificate or a client CA has, or was
 * signed by, a published key.
 */
export function keepDevelopmentCertificatesLocal({ cert, ca }: Credentials, listen: Address): void {
  if (isLoopback(listen.host)) return;
  if (!isDevelopment(cert) && !isDevelopment(ca)) return;
  throw new StartError(
    `Cannot listen on ${formatAddress(listen)} with development certificates: everybody has their private keys; ` +
      "give your own with --tls-cert, --tls-key and --client-ca, or listen on 127.0.0.1",
  );
}

/** Tells whether any certificate of a PEM text has a published key, or was signed by one. */
export function isDevelopment(pem: string): boolean {
  return parseCertificates(pem).some(({ publicKey, raw }) => {
    const signed = readSigned(raw);
    return PUBLISHED.some((other) => publicKey.equals(other.publicKey) || isSignedBy(signed, other.publicKey));
  });
}
