import { assertThrows } from "@std/assert";
import { createAuthority, loadAuthority } from "../certs/authority.ts";
import type { Credentials } from "./credentials.ts";
import { keepDevelopmentCertificatesLocal } from "./development_certificates.ts";
import { StartError } from "./errors.ts";

const read = (name: string) => Deno.readTextFile(new URL(`../certs/${name}`, import.meta.url));
const development: Credentials = {
  cert: await read("server.crt"),
  key: await read("server.key"),
  ca: await read("client-ca.crt"),
};
const ca = await createAuthority({ commonName: "own CA" });
const own: Credentials = { ...await ca.issue({ commonName: "own", usages: ["serverAuth"] }), ca: ca.cert };
const beyond = ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "128.0.0.1", "::ffff:192.0.2.1"];

Deno.test("keepDevelopmentCertificatesLocal() lets them listen on loopback addresses", () => {
  for (const host of ["127.0.0.1", "127.8.8.8", "::1"]) {
    keepDevelopmentCertificatesLocal(development, { host, port: 1 });
  }
});

Deno.test("keepDevelopmentCertificatesLocal() lets own certificates listen anywhere", () => {
  for (const host of beyond) keepDevelopmentCertificatesLocal(own, { host, port: 1 });
});

Deno.test("keepDevelopmentCertificatesLocal() refuses whatever a published key has to do with", async () => {
  const serverCa = await loadAuthority({ cert: await read("server-ca.crt"), key: await read("server-ca.key") });
  const clientCa = await loadAuthority({ cert: await read("client-ca.crt"), key: await read("client-ca.key") });
  const issued = await serverCa.issue({ commonName: "other", usages: ["serverAuth"] });
  const issuedByClientCa = await clientCa.issue({ commonName: "other", usages: ["serverAuth"] });
  const cases: Credentials[] = [
    development,
    { ...own, cert: development.cert },
    { ...own, cert: issued.cert },
    { ...own, cert: own.cert + serverCa.cert }, // in the chain
    { ...own, cert: issuedByClientCa.cert },
    { ...own, ca: development.ca },
    { ...own, ca: `${own.ca}some words\n${development.ca}` },
    { ...own, ca: serverCa.cert },
    { ...own, ca: issuedByClientCa.cert },
  ];
  for (const credentials of cases) {
    for (const host of beyond) {
      assertThrows(
        () => keepDevelopmentCertificatesLocal(credentials, { host, port: 1 }),
        StartError,
        "development certificates",
      );
    }
  }
});
