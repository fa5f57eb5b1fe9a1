import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseCommandLine } from "./command_line.ts";
import { exitReason } from "./exit.ts";

async function parse(args: string[], environment: Record<string, string> = {}) {
  const { command, words, settings } = await parseCommandLine(args, (name) => environment[name]);
  return { name: command.name, words: [...words], settings };
}

async function usageError(...args: string[]): Promise<string> {
  const error = await assertRejects(() => parse(args), Error);
  assertEquals(exitReason(error), "usage");
  return error.message;
}

Deno.test("parseCommandLine() leaves everything from the program's name on as it is", async () => {
  const words = ["sh", "-c", "echo\n$1", "", "--", "-o", "--help", "--server=x", "007", "true", " ", "-", "ü"];
  assertEquals((await parse(["exec", ...words])).words, words);
  assertEquals((await parse(["exec", "--", ...words])).words, words);
  assertEquals((await parse(["-o", "json", "exec", "--server", "h:1", "--", ...words])).words, words);
});

Deno.test("parseCommandLine() drops one '--' before the words, not more", async () => {
  assertEquals((await parse(["exec", "--", "--", "ls"])).words, ["--", "ls"]);
  assertEquals((await parse(["exec", "--", "--help"])).words, ["--help"]);
  assertEquals(await parse(["--", "status", "id"]), await parse(["status", "id"]));
});

Deno.test("parseCommandLine() takes an empty word and '-' for words", async () => {
  assertEquals((await parse(["exec", "", "a"])).words, ["", "a"]);
  assertEquals((await parse(["exec", "-", "a"])).words, ["-", "a"]);
});

Deno.test("parseCommandLine() takes options before and behind the command, in all spellings", async () => {
  for (
    const args of [
      ["-o", "json", "--server", "h:1", "logs", "id"],
      ["-ojson", "--server=h:1", "logs", "id"],
      ["logs", "--output", "json", "--server", "h:1", "id"],
      ["--server", "h:1", "logs", "--output=json", "--", "id"],
      ["-o", "text", "--server", "other:1", "logs", "-o", "json", "--server", "h:1", "id"],
    ]
  ) {
    const { name, words, settings } = await parse(args);
    assertEquals([name, words, settings.output, settings.server], ["logs", ["id"], "json", "h:1"], args.join(" "));
  }
});

Deno.test("parseCommandLine() prefers an option to its variable, and that to the default", async () => {
  const variables = { PAASC_SERVER: "v:1", PAASC_CA: "v.ca", PAASC_CERT: "v.crt", PAASC_KEY: "v.key" };
  const fromVariables = { server: "v:1", ca: "v.ca", cert: "v.crt", key: "v.key", output: "text" as const };
  assertEquals((await parse(["status", "id"], variables)).settings, fromVariables);
  assertEquals((await parse(["--ca", "o.ca", "status", "id"], variables)).settings, { ...fromVariables, ca: "o.ca" });

  const defaults = (await parse(["status", "id"], { PAASC_SERVER: "" })).settings;
  assertEquals(defaults.server, "127.0.0.1:50051");
  const certificates = new URL("../certs/", import.meta.url).pathname;
  assertEquals(
    [defaults.ca, defaults.cert, defaults.key],
    ["server-ca.crt", "alice.crt", "alice.key"].map((name) => certificates + name),
  );
});

Deno.test("parseCommandLine() takes options between and behind the words, but not of a program", async () => {
  for (
    const args of [["stop", "-o", "json", "a", "b"], ["stop", "a", "-ojson", "b"], ["stop", "a", "b", "-o", "json"]]
  ) {
    const { words, settings } = await parse(args);
    assertEquals([words, settings.output], [["a", "b"], "json"], args.join(" "));
  }
  assertEquals((await parse(["stop", "a", "--", "-o", "--", "b"])).words, ["a", "-o", "--", "b"]);
  assertEquals((await parse(["stop", "a", "-", ""])).words, ["a", "-", ""]);
  assertEquals((await parse(["status", "a", "--help"])).words, ["status"]);
  for (const command of ["run", "exec"]) {
    assertEquals((await parse([command, "ls", "-o", "json", "--", "x"])).words, ["ls", "-o", "json", "--", "x"]);
  }
  assertEquals(await usageError("stop", "a", "--nope"), "unknown option '--nope': see 'paasc stop --help'");
});

Deno.test("parseCommandLine() makes help and version of the options for them", async () => {
  assertEquals((await parse(["--help"])).name, "help");
  for (const args of [["exec", "--help"], ["-h", "exec", "ls"], ["--help", "exec"]]) {
    assertEquals([(await parse(args)).name, (await parse(args)).words], ["help", ["exec"]]);
  }
  assertEquals((await parse(["--version"])).name, "version");
  assertEquals((await parse(["exec", "ls", "--help"])).name, "exec");
});

Deno.test("parseCommandLine() names what is wrong and where to read about it", async () => {
  assertEquals(await usageError("--srv", "x", "status"), "unknown option '--srv': see 'paasc --help'");
  assertEquals(await usageError("exec", "-x", "ls"), "unknown option '-x': see 'paasc exec --help'");
  assertEquals(
    await usageError("-server", "h:1", "status"),
    "unknown option '-server' (did you mean '--server'?): see 'paasc --help'",
  );
  assertEquals(await usageError("logs", "--constructor"), "unknown option '--constructor': see 'paasc logs --help'");
  assertEquals(await usageError("--=x"), "unknown option '--=x': see 'paasc --help'");
  assertEquals(await usageError("nonsense"), "unknown command 'nonsense': see 'paasc --help'");
  assertEquals(await usageError(""), "unknown command '': see 'paasc --help'");
  assertStringIncludes(await usageError("-o", "json"), "a command is missing");
  assertStringIncludes(await usageError("--server"), "option '--server' takes a value");
  assertStringIncludes(await usageError("--server=", "status", "id"), "option '--server' takes a value");
  assertStringIncludes(await usageError("--help=yes"), "option '--help' takes no value");
  assertStringIncludes(await usageError("-o", "xml", "status", "id"), "'xml'");
});

Deno.test("parseCommandLine() guesses what was meant", async () => {
  assertEquals(await usageError("sttaus"), "unknown command 'sttaus' (did you mean 'status'?): see 'paasc --help'");
  assertEquals(await usageError("klil"), "unknown command 'klil' (did you mean 'kill'?): see 'paasc --help'");
  assertEquals(
    await usageError("logs", "--tial=5"),
    "unknown option '--tial=5' (did you mean '--tail'?): see 'paasc logs --help'",
  );
});

Deno.test("parseCommandLine() does not guess at a command that ends something, and knows commands of similar programs", async () => {
  for (const word of ["sop", "rmm", "rx"]) {
    assertEquals(/did you mean '(stop|kill|rm|signal)'/.test(await usageError(word)), word === "rmm", word);
  }
  assertEquals(
    await usageError("top"),
    "unknown command 'top' ('paasc list --watch' shows what runs, live): see 'paasc --help'",
  );
  assertEquals(await usageError("constructor"), "unknown command 'constructor': see 'paasc --help'");
});

Deno.test("parseCommandLine() knows commands by their other names", async () => {
  assertEquals((await parse(["ps"])).name, "list");
  assertEquals((await parse(["kill", "TERM", "id"])).name, "signal");
  assertEquals((await parse(["ps", "--help"])).words, ["list"]);
  assertEquals((await parse(["inspect", "id"])).settings.output, "json");
  assertEquals((await parse(["-o", "text", "inspect", "id"])).settings.output, "text");
  const pause = await parseCommandLine(["pause", "id"], () => undefined);
  assertEquals([pause.command.name, pause.given], ["signal", { signal: "STOP" }]);
});

Deno.test("parseCommandLine() keeps all values of a repeatable option, and the last one of any other", async () => {
  const line = [
    "exec",
    "--env",
    "A=1",
    "--name",
    "a",
    "--env=B=2=3",
    "--env",
    "A=",
    "--name",
    "b",
    "env",
    "--env",
    "C=4",
  ];
  const { given, repeated, words } = await parseCommandLine(line, () => undefined);
  assertEquals([given.name, given.env, repeated], ["b", undefined, { env: ["A=1", "B=2=3", "A="] }]);
  assertEquals(words, ["env", "--env", "C=4"]);
});

Deno.test("parseCommandLine() takes short options that are joined", async () => {
  const given = async (...line: string[]) => (await parseCommandLine(line, () => undefined)).given;
  assertEquals(await given("list", "-aq"), { "all-states": "", quiet: "" });
  assertEquals(await given("list", "-qAojson"), { "all-users": "", quiet: "", output: "json" });
  assertEquals(await given("run", "-nt", "ls"), { "no-stdin": "", tty: "" });
  assertEquals(await given("stop", "-ft", "5", "id"), { force: "", time: "5" });
  assertEquals(await usageError("list", "-ax"), "unknown option '-x' in '-ax': see 'paasc list --help'");
  assertEquals(await usageError("list", "-qat"), "unknown option '-t' in '-qat': see 'paasc list --help'");
  assertStringIncludes(await usageError("run", "-te"), "option '--env' takes a value");
  assertStringIncludes(await usageError("run", "-tx"), "unknown option '-x' in '-tx'");
});

Deno.test("parseCommandLine() takes a signal as kill(1) does", async () => {
  for (const word of ["-9", "-KILL", "-sKILL", "-SIGKILL", "--signal=KILL", "-kill", "-RTMIN+3"]) {
    for (const line of [["kill", word, "id", "web"], ["kill", "id", "web", word]]) {
      const { given, words } = await parseCommandLine(line, () => undefined);
      assertEquals(given.signal, word.replace(/^-s(?=K)|^--?(signal=)?/, ""));
      assertEquals(words, ["id", "web"]);
    }
  }
  assertEquals((await parseCommandLine(["kill", "-s", "TERM", "id"], () => undefined)).given, { signal: "TERM" });
  assertStringIncludes(await usageError("kill", "-NOPE", "id"), "unknown option '-NOPE'");
});
