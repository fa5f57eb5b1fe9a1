import { assertEquals, assertThrows } from "@std/assert";
import { SettingsError } from "../errors.ts";
import { parseServerAddress } from "./server_address.ts";

Deno.test("parseServerAddress() takes names and addresses apart", () => {
  for (
    const [text, host, port] of [
      ["localhost:50051", "localhost", 50051],
      ["paas.example.org:1", "paas.example.org", 1],
      ["127.0.0.1:65535", "127.0.0.1", 65535],
      ["[::1]:443", "::1", 443],
    ] as const
  ) {
    assertEquals(parseServerAddress(text), { text, host, port });
  }
  const rooted = { text: "paas.example.org:1", host: "paas.example.org", port: 1 };
  assertEquals(parseServerAddress("paas.example.org.:1"), rooted);
});

Deno.test("parseServerAddress() refuses what is no HOST:PORT", () => {
  for (
    const text of ["", "localhost", "localhost:", ":50051", "h:0", "h:65536", "h:1e3", "::1:1", "[h]:1", "[]:1"].concat(
      ["http://h:1", "unix:/a:1", "a b:1", "h:1\n", "h:-1"],
    )
  ) {
    assertEquals(assertThrows(() => parseServerAddress(text), SettingsError, "HOST:PORT").code, "invalid-argument");
  }
});
