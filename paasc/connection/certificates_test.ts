import { assertEquals } from "@std/assert";
import { createAuthority } from "../../certs/authority.ts";
import { ownExpiry, readCertificates, unusable } from "./certificates.ts";
import { files } from "../../tests/library/test_client.ts";

Deno.test("readCertificates() passes over byte order marks", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const marked = { ca: `${directory}/ca`, cert: `${directory}/cert`, key: `${directory}/key` };
    for (const name of ["ca", "cert", "key"] as const) {
      await Deno.writeTextFile(marked[name], `\ufeff${await Deno.readTextFile(files[name])}`);
    }
    const certificates = await readCertificates(marked);
    assertEquals(certificates.pem, (await readCertificates(files)).pem);
    assertEquals(unusable(certificates), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("ownExpiry() warns in the last 14 days of the certificate, and never for lack of one", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const notAfter = new Date("2030-01-15T12:00:00Z");
    const notBefore = new Date("2029-01-01T00:00:00Z");
    const ca = await createAuthority({ commonName: "CA" });
    const { cert: pem } = await ca.issue({ commonName: "alice", usages: ["clientAuth"], notBefore, notAfter });
    const cert = `${directory}/alice.crt`;
    await Deno.writeTextFile(cert, pem);
    const days = (count: number) => ownExpiry({ cert }, notAfter.getTime() - count * 86_400_000);
    assertEquals(await days(15), undefined);
    assertEquals(await days(13.5), `the client certificate ${cert} ends in 13 days, on 2030-01-15: ask for a new one`);
    assertEquals(
      await days(0.5),
      `the client certificate ${cert} ends in less than a day, on 2030-01-15: ask for a new one`,
    );
    assertEquals(await ownExpiry({ cert: `${directory}/missing` }), undefined);
    await Deno.writeTextFile(cert, "no certificate");
    assertEquals(await ownExpiry({ cert }), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
