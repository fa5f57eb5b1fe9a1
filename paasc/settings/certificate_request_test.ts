import { assert, assertEquals, assertNotEquals } from "@std/assert";
import "reflect-metadata"; // before x509: it is the polyfill that x509 needs
import * as x509 from "@peculiar/x509";
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { makeRequest } from "./certificate_request.ts";

Deno.test("makeRequest() makes a request that another library reads, signed by the new key", async () => {
  for (const name of ["carol", "c", "Grüße €", "x".repeat(64), "x".repeat(300)]) {
    const { key, request, keySha256 } = makeRequest(name);
    const read = new x509.Pkcs10CertificateRequest(request);
    assertEquals([read.subjectName.getField("CN"), read.attributes.length], [[name], 0]);
    assert(await read.verify());
    const spki = createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "der" });
    assertEquals(new Uint8Array(read.publicKey.rawData).toHex(), spki.toString("hex"));
    assertEquals(keySha256, createHash("sha256").update(spki).digest("hex"));
  }
});

Deno.test("makeRequest() makes a new key each time", () => {
  assertNotEquals(makeRequest("carol").keySha256, makeRequest("carol").keySha256);
});
