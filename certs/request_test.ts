import "reflect-metadata"; // before x509: it is the polyfill that x509 needs
import * as x509 from "@peculiar/x509";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { makeRequest } from "./request.ts";

Deno.test("makeRequest() makes a request that its own key has signed", async () => {
  const { key, request, keyFingerprint } = await makeRequest("älice");
  const parsed = new x509.Pkcs10CertificateRequest(request);
  assert(await parsed.verify());
  assertEquals(parsed.subjectName.getField("CN"), ["älice"]);
  assertEquals(parsed.attributes.length, 0);
  assertEquals(parsed.extensions.length, 0);

  const publicKey = createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "der" });
  assertEquals(new Uint8Array(parsed.publicKey.rawData).toHex(), new Uint8Array(publicKey).toHex());
  assertEquals(keyFingerprint, createHash("sha256").update(publicKey).digest("hex"));
});

Deno.test("makeRequest() makes another key each time", async () => {
  assertNotEquals((await makeRequest("alice")).key, (await makeRequest("alice")).key);
});

Deno.test("makeRequest() makes signatures of every length that openssl accepts", async () => {
  const file = await Deno.makeTempFile();
  try {
    for (let count = 0; count < 20; count++) { // the two numbers of a signature differ in length
      await Deno.writeTextFile(file, (await makeRequest("alice")).request);
      const args = ["req", "-in", file, "-verify", "-noout"];
      const { success, stderr } = await new Deno.Command("openssl", { args }).output();
      assert(success, new TextDecoder().decode(stderr));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("SKIPPED: there is no openssl on this machine to check requests with");
  } finally {
    await Deno.remove(file);
  }
});
