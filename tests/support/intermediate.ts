/**
 * Intermediate CAs, which `certs/authority.ts` does not make.
 *
 * @module
 */
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { type Authority, loadAuthority, type Pair } from "../../certs/authority.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Makes a CA with a certificate of another CA. */
export async function intermediate(above: Pair, commonName: string): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const signer = new x509.X509Certificate(above.cert);
  const pkcs8 = x509.PemConverter.decodeFirst(above.key);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: new x509.Name([{ CN: [{ utf8String: commonName }] }]), // as authority.ts has it
    issuer: signer.subjectName,
    notBefore: signer.notBefore,
    notAfter: signer.notAfter,
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, false, ["sign"]),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return loadAuthority({ cert: `${certificate.toString("pem")}\n`, key: `${key}\n` });
}
