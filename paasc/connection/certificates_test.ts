import { assertEquals } from "@std/assert";
import { readCertificates, unusable } from "./certificates.ts";
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
