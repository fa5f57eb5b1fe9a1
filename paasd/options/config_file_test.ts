import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "./config_file.ts";
import { UsageError } from "../errors.ts";
import { FLAGS } from "./flags.ts";

Deno.test("parseConfig() gives each value as its flag would have it", () => {
  const config = parseConfig("paasd.toml", 'listen = "[::1]:0"\nmax-log-bytes = 2_000_000 # plain bytes\n');
  assertEquals(Object.fromEntries(config), { "listen": "[::1]:0", "max-log-bytes": "2000000" });
  assertEquals(parseConfig("paasd.toml", "").size, 0);
});

Deno.test("parseConfig() refuses what it does not know, with the nearest key", () => {
  const message = (text: string) => assertThrows(() => parseConfig("/etc/paasd.toml", text), UsageError).message;
  assertEquals(message('lisen = "x"'), '/etc/paasd.toml: unknown key "lisen" (did you mean listen?)');
  assertEquals(
    message("max_log_bytes = 1"),
    '/etc/paasd.toml: unknown key "max_log_bytes" (did you mean max-log-bytes?)',
  );
  assertEquals(message("wholly-other = 1"), '/etc/paasd.toml: unknown key "wholly-other"');
  assertEquals(message("toString = 1"), '/etc/paasd.toml: unknown key "toString"');
  assert(message("listen = {}").startsWith("/etc/paasd.toml: listen must be a text"));
  assert(message("[listen]\nport = 1").startsWith("/etc/paasd.toml: listen must be a text"));
  for (const text of ["listen", "= 1", 'listen = "x', "\0"]) {
    assert(/^\/etc\/paasd.toml is not valid TOML: [^\n]+$/.test(message(text)), message(text));
  }
});

Deno.test("parseConfig() refuses what is given twice, and names it", () => {
  const message = (text: string) => assertThrows(() => parseConfig("/p.toml", text), UsageError).message;
  assertEquals(
    message('run-as = "a"\n# the last one wins in some parsers\nrun-as = "b"\n'),
    '/p.toml is not valid TOML: trying to redefine an already defined table or value (line 3: "run-as")',
  );
  assert(message('retain = "1h"\n"retain" = "2h"').endsWith('(line 2: "\\"retain\\"")'));
  assert(message("[listen]\na = 1\n[listen]\nb = 1").endsWith('(line 3: "[listen]")'));
});

Deno.test("parseConfig() shows nothing of a value that is wrong", () => {
  const { message } = assertThrows(() => parseConfig("/p.toml", "retain = -----BEGIN SECRET"), UsageError);
  assert(!message.includes("SECRET"), message);
});

Deno.test("parseConfig() passes over a byte order mark", () => {
  assertEquals([...parseConfig("paasd.toml", '\uFEFFretain = "1h"\n')], [["retain", "1h"]]);
});

Deno.test("FLAGS have defaults that their own parsers take", () => {
  for (const [name, { default: text, parse }] of Object.entries(FLAGS)) {
    if (text !== undefined) assert(parse(text, "") !== undefined, name);
  }
});
