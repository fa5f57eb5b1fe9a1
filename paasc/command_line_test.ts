import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseCommandLine } from "./command_line.ts";
import { PaascError } from "./errors.ts";

function parse(args: string[], environment: Record<string, string> = {}) {
  const { command, words, settings } = parseCommandLine(args, (name) => environment[name]);
  return { name: command.name, words: [...words], settings };
}

function usageError(...args: string[]): string {
  const error = assertThrows(() => parse(args), PaascError);
  assertEquals(error.reason, "usage");
  return error.message;
}

Deno.test("parseCommandLine() leaves everything from the program's name on as it is", () => {
  const words = ["sh", "-c", "echo\n$1", "", "--", "-o", "--help", "--server=x", "007", "true", " ", "-", "ü"];
  assertEquals(parse(["exec", ...words]).words, words);
  assertEquals(parse(["exec", "--", ...words]).words, words);
  assertEquals(parse(["-o", "json", "exec", "--server", "h:1", "--", ...words]).words, words);
});

Deno.test("parseCommandLine() drops one '--' before the words, not more", () => {
  assertEquals(parse(["exec", "--", "--", "ls"]).words, ["--", "ls"]);
  assertEquals(parse(["exec", "--", "--help"]).words, ["--help"]);
  assertEquals(parse(["--", "status", "id"]), parse(["status", "id"]));
});

Deno.test("parseCommandLine() takes an empty word and '-' for words", () => {
  assertEquals(parse(["exec", "", "a"]).words, ["", "a"]);
  assertEquals(parse(["exec", "-", "a"]).words, ["-", "a"]);
});

Deno.test("parseCommandLine() takes options before and behind the command, in all spellings", () => {
  for (
    const args of [
      ["-o", "json", "--server", "h:1", "logs", "id"],
      ["-ojson", "--server=h:1", "logs", "id"],
      ["logs", "--output", "json", "--server", "h:1", "id"],
      ["--server", "h:1", "logs", "--output=json", "--", "id"],
      ["-o", "text", "--server", "other:1", "logs", "-o", "json", "--server", "h:1", "id"],
    ]
  ) {
    const { name, words, settings } = parse(args);
    assertEquals([name, words, settings.output, settings.server], ["logs", ["id"], "json", "h:1"], args.join(" "));
  }
});

Deno.test("parseCommandLine() prefers an option to its variable, and that to the default", () => {
  const variables = { PAASC_SERVER: "v:1", PAASC_CA: "v.ca", PAASC_CERT: "v.crt", PAASC_KEY: "v.key" };
  const fromVariables = { server: "v:1", ca: "v.ca", cert: "v.crt", key: "v.key", output: "text" as const };
  assertEquals(parse(["status", "id"], variables).settings, fromVariables);
  assertEquals(parse(["--ca", "o.ca", "status", "id"], variables).settings, { ...fromVariables, ca: "o.ca" });

  const defaults = parse(["status", "id"], { PAASC_SERVER: "" }).settings;
  assertEquals(defaults.server, "127.0.0.1:50051");
  const certificates = new URL("../certs/", import.meta.url).pathname;
  assertEquals(
    [defaults.ca, defaults.cert, defaults.key],
    ["server-ca.crt", "alice.crt", "alice.key"].map((name) => certificates + name),
  );
});

Deno.test("parseCommandLine() makes help and version of the options for them", () => {
  assertEquals(parse(["--help"]).name, "help");
  for (const args of [["exec", "--help"], ["-h", "exec", "ls"], ["--help", "exec"]]) {
    assertEquals([parse(args).name, parse(args).words], ["help", ["exec"]]);
  }
  assertEquals(parse(["--version"]).name, "version");
  assertEquals(parse(["exec", "ls", "--help"]).name, "exec");
});

Deno.test("parseCommandLine() names what is wrong and where to read about it", () => {
  assertEquals(usageError("--srv", "x", "status"), "unknown option '--srv': see 'paasc --help'");
  assertEquals(usageError("exec", "-x", "ls"), "unknown option '-x': see 'paasc exec --help'");
  assertEquals(usageError("-server", "h:1", "status"), "unknown option '-server': see 'paasc --help'");
  assertEquals(usageError("logs", "--constructor"), "unknown option '--constructor': see 'paasc logs --help'");
  assertEquals(usageError("--=x"), "unknown option '--=x': see 'paasc --help'");
  assertStringIncludes(usageError("sttaus"), "unknown command 'sttaus'");
  assertStringIncludes(usageError("sttaus"), "status");
  assertStringIncludes(usageError(""), "unknown command ''");
  assertStringIncludes(usageError(), "a command is missing");
  assertStringIncludes(usageError("--server"), "option '--server' takes a value");
  assertStringIncludes(usageError("--server=", "status", "id"), "option '--server' takes a value");
  assertStringIncludes(usageError("--help=yes"), "option '--help' takes no value");
  assertStringIncludes(usageError("-o", "xml", "status", "id"), "'xml'");
});
