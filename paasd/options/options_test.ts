import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../errors.ts";
import { variableOf } from "./flag.ts";
import { type FlagName, FLAGS } from "./flags.ts";
import { needRestart, type Options, parseOptions } from "./options.ts";

function optionsOf(args: string[], variables: Record<string, string> = {}): Options {
  const invocation = parseOptions(args, new Map(Object.entries(variables)));
  assert(invocation.action === "serve");
  return invocation.options;
}

Deno.test("parseOptions() has defaults for everything", () => {
  const options = optionsOf([]);
  assertEquals(options.listen, { host: "127.0.0.1", port: 50051 });
  assertMatch(options.tlsCert, /\/certs\/server\.crt$/);
  assertMatch(options.tlsKey, /\/certs\/server\.key$/);
  assertMatch(options.clientCa, /\/certs\/client-ca\.crt$/);
  assertEquals(options.spoolDir, undefined);
  assertEquals(options.temporary, `/tmp/paasd-${Deno.uid()}`);
  assertEquals([options.stopGrace, options.logFormat], [10_000, "text"]);
  assertEquals([options.maxLogBytes, options.maxSpoolBytes], [Infinity, Infinity]);
});

Deno.test("parseOptions() takes flags before variables before defaults", () => {
  const variables = {
    PAASD_LISTEN: "127.0.0.1:1",
    PAASD_STOP_GRACE: "1s",
    PAASD_SPOOL_DIR: "/a",
  };
  const options = optionsOf(["--listen", "127.0.0.1:2", "--tls-cert=/x y,z"], variables);
  assertEquals(options.listen.port, 2);
  assertEquals(options.tlsCert, "/x y,z");
  assertEquals([options.stopGrace, options.spoolDir, options.logFormat], [1_000, "/a", "text"]);
});

Deno.test("parseOptions() reads addresses", () => {
  for (
    const [text, host, port] of [
      ["[::1]:0", "::1", 0],
      ["0.0.0.0:443", "0.0.0.0", 443],
      ["localhost:65535", "127.0.0.1", 65_535],
    ] as const
  ) assertEquals(optionsOf(["--listen", text]).listen, { host, port });
});

Deno.test("parseOptions() takes only a loopback address for metrics, and none by default", () => {
  const metrics = (text: string) => optionsOf(["--metrics-listen", text]).metricsListen;
  assertEquals(optionsOf([]).metricsListen, undefined);
  assertEquals(metrics("localhost:9464"), { host: "127.0.0.1", port: 9464 });
  assertEquals(metrics("127.8.8.8:0"), { host: "127.8.8.8", port: 0 });
  assertEquals(metrics("[::1]:1"), { host: "::1", port: 1 });
  const elsewhere = [
    "0.0.0.0:9464",
    "[::]:9464",
    "192.0.2.1:1",
    "[::ffff:192.0.2.1]:1",
    "9464",
    ":9464",
    "127.0.0.1",
    "",
  ];
  for (const text of elsewhere) {
    const { message } = assertThrows(() => metrics(text), UsageError);
    assertMatch(message, /^--metrics-listen must be a loopback address with a port, such as 127\.0\.0\.1:9464 or /);
  }
});

Deno.test("parseOptions() reads durations", () => {
  for (
    const [text, expected] of [
      ["500ms", 500],
      ["10s", 10_000],
      ["5m", 300_000],
      ["1h", 3_600_000],
      ["1.5s", 1_500],
      ["1h30m", 5_400_000],
      ["1d", 86_400_000],
      ["0s", 0],
    ] as const
  ) {
    assertEquals(optionsOf(["--stop-grace", text]).stopGrace, expected);
  }
});

Deno.test("parseOptions() reads sizes", () => {
  for (
    const [text, expected] of [
      ["1048576", 2 ** 20],
      ["1500K", 1500 * 2 ** 10],
      ["500M", 500 * 2 ** 20],
      ["2g", 2 ** 31],
      ["10GiB", 10 * 2 ** 30],
      ["1T", 2 ** 40],
      ["unlimited", Infinity],
    ] as const
  ) {
    assertEquals(optionsOf(["--max-log-bytes", text]).maxLogBytes, expected);
    assertEquals(optionsOf([], { PAASD_MAX_SPOOL_BYTES: text }).maxSpoolBytes, expected);
  }
});

Deno.test("parseOptions() puts temporary files where the user's runtime files are", () => {
  const name = `paasd-${Deno.uid()}`;
  assertEquals(optionsOf([], { XDG_RUNTIME_DIR: "/run/user/7", TMPDIR: "/t" }).temporary, `/run/user/7/${name}`);
  assertEquals(optionsOf([], { TMPDIR: "/t" }).temporary, `/t/${name}`);
});

Deno.test("parseOptions() refuses what is wrong, and names it", () => {
  const cases: [string[], string][] = [
    [["--listen", "50051"], "--listen"],
    [["--listen", ":50051"], "--listen"],
    [["--listen", "127.0.0.1:65536"], "--listen"],
    [["--listen", "127.0.0.1:x"], "--listen"],
    [["--listen", "::1:50051"], "--listen"],
    [["--listen", "[127.0.0.1]:1"], "--listen"],
    [["--listen", "example.org:1"], "--listen"],
    [["--listen"], "--listen"],
    [["--stop-grace", "10"], "--stop-grace"],
    [["--stop-grace=-1s"], "--stop-grace"],
    [["--stop-grace", "25h"], "--stop-grace"],
    [["--log-format", "xml"], "--log-format"],
    [["--max-log-bytes", "1000"], "--max-log-bytes"],
    [["--max-log-bytes", "1.5G"], "--max-log-bytes"],
    [["--max-log-bytes", "99999999T"], "--max-log-bytes"],
    [["--max-spool-bytes=-1"], "--max-spool-bytes"],
    [["--max-spool-bytes", "lots"], "--max-spool-bytes"],
    [["--tls-cert="], "--tls-cert"],
    [["--spool-dir", "a\nb"], "--spool-dir"],
    [["--unknown"], "--unknown"],
    [["-x"], "-x"],
    [["word"], "word"],
    [["--", "word"], "word"],
  ];
  for (const [args, named] of cases) {
    const { message } = assertThrows(() => parseOptions(args, new Map()), UsageError);
    assert(message.includes(named) && !message.includes("\n"), message);
  }
  assertThrows(() => parseOptions([], new Map([["PAASD_LISTEN", "x"]])), UsageError, "PAASD_LISTEN");
});

Deno.test("parseOptions() takes an empty text for one that was given, and refuses it by its name", () => {
  for (const name of Object.keys(FLAGS) as FlagName[]) {
    const { message } = assertThrows(() => optionsOf([], { [variableOf(name)]: "" }), UsageError, "must be");
    assert(message.startsWith(`${variableOf(name)} must be `), message);
    for (const args of FLAGS[name].value === undefined ? [[`--${name}=`]] : [[`--${name}`, ""], [`--${name}=`]]) {
      const { message } = assertThrows(() => optionsOf(args), UsageError);
      assert(message.startsWith(`--${name} must be `), message);
    }
  }
  for (
    const [args, source] of [[["--config", ""], "--config"], [["--config="], "--config"], [[], "PAASD_CONFIG"]] as const
  ) {
    const { message } = assertThrows(() => optionsOf([...args], { PAASD_CONFIG: "" }), UsageError);
    assertEquals(message, `${source} must be a path, not ""`);
  }
  assertThrows(() => optionsOf(["--spool-dir", "/a", ""]), UsageError, 'Unknown argument ""');
});

Deno.test("parseOptions() refuses a value for what takes none", () => {
  for (const name of ["print-permissions", "check-config", "help", "version"]) {
    for (const value of ["false", "true", ""]) {
      const { message } = assertThrows(() => optionsOf(["--print-permissions", `--${name}=${value}`]), UsageError);
      assertEquals(message, `--${name} takes no value`);
    }
  }
  assertEquals(optionsOf(["--die-with-daemon=false"]).dieWithDaemon, false);
});

Deno.test("parseOptions() reads what commands find around them", () => {
  const { path, umask, allowVariable } = optionsOf([]);
  assertEquals([path, umask], ["/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0o022]);
  assertEquals(allowVariable, undefined);
  const options = optionsOf([
    ...["--path", "/opt/my tools:/bin", "--umask=0077", "--allow-variable", "A,LC_*", "--allow-variable=_b1"],
  ]);
  assertEquals([options.path, options.umask], ["/opt/my tools:/bin", 0o077]);
  assertEquals(options.allowVariable, ["A", "LC_*", "_b1"]);
  const wrong = [
    ...["", "bin", "/bin:", ":/bin", "/bin::/sbin", "/bin:.", "/a\nb"].map((text) => `--path=${text}`),
    ...["", "22", "18", "511", "0o22", "08", "028", "01777", "-022", "022 "].map((text) => `--umask=${text}`),
    ...["", "A,", "*", "A*B", "A=b", "1A", "A B", "a-b", "Ä"].map((text) => `--allow-variable=${text}`),
  ];
  for (const arg of wrong) assertThrows(() => optionsOf([arg]), UsageError, "must be", arg);
  const read = () => "umask = 0o777\n"; // a plain number by the time that it is read
  assertThrows(() => parseOptions(["--config", "/p.toml"], new Map(), read), UsageError, "umask in /p.toml must be");
});

Deno.test("parseOptions() prints permissions rather than help, as start.sh needs it", () => {
  const actions = (args: string[]) => parseOptions(args, new Map()).action;
  assertEquals(actions(["--help"]), "help");
  assertEquals(actions(["--version"]), "version");
  assertEquals(actions(["--print-permissions", "--help", "--version"]), "print-permissions");
});

Deno.test("parseOptions() takes variables before the configuration file, and paths from the file's directory", () => {
  const file = 'spool-dir = "spool"\nstop-grace = "3s"\nlog-format = "json"\nclient-ca = "/ca"\n';
  const read = (path: string) => path === "/etc/paas/paasd.toml" ? file : "";
  const variables = new Map([["PAASD_STOP_GRACE", "2s"], ["PAASD_CONFIG", "/other"]]);
  const invocation = parseOptions(["--config", "/etc/paas/paasd.toml", "--log-format", "text"], variables, read);
  assert(invocation.action === "serve");
  const { spoolDir, stopGrace, logFormat, clientCa, config } = invocation.options;
  assertEquals([spoolDir, clientCa, config], ["/etc/paas/spool", "/ca", "/etc/paas/paasd.toml"]);
  assertEquals([stopGrace, logFormat], [2_000, "text"]);
});

Deno.test("parseOptions() names the file in which a value is wrong", () => {
  const read = () => 'stop-grace = "fast"';
  const { message } = assertThrows(() => parseOptions(["--config", "/p.toml"], new Map(), read), UsageError);
  assert(message.startsWith("stop-grace in /p.toml must be a duration"), message);
  const missing = assertThrows(() => parseOptions(["--config", "/missing.toml"], new Map()), UsageError);
  assertEquals(missing.message, "Cannot read the configuration file /missing.toml: there is no such file");
});

Deno.test("needRestart() names what a SIGHUP cannot take over", () => {
  const before = optionsOf([]);
  const after = optionsOf(["--stop-grace", "1s", "--listen", "127.0.0.1:1"]);
  assertEquals(needRestart(before, after), ["listen"]);
  assertEquals(needRestart(before, before), []);
});

Deno.test("parseOptions() reads what may run, as whom and within which limits", () => {
  assertEquals(optionsOf([]).allowProgram, undefined);
  assertEquals([optionsOf([]).limit, optionsOf([]).runAs, optionsOf([]).dieWithDaemon], [undefined, undefined, false]);
  const options = optionsOf([
    ...["--allow-program", "/bin/a,/b c", "--allow-program=/d", "--run-as", "www-data", "--die-with-daemon"],
    ...["--limit", "nofile=9,fsize=10G,as=1m", "--limit=cpu=1m60s,core=64KiB"],
  ]);
  assertEquals([options.allowProgram, options.runAs, options.dieWithDaemon], [
    ["/bin/a", "/b c", "/d"],
    "www-data",
    true,
  ]);
  assertEquals(options.limit, { nofile: 9, fsize: 10 * 2 ** 30, as: 2 ** 20, cpu: 120, core: 65_536 });
  const wrong = [
    ...["a", "", "/a,", "bin/a", "/a,b", "/", "/a/", "/a\nb"].map((text) => [`--allow-program=${text}`]),
    ...["", "-x", "a b", "a:b", "a\nb"].map((text) => [`--run-as=${text}`]),
    ...["", "nofile", "nofile=", "nofile=-1", "nofile=1K", "files=1", "cpu=1G", "fsize=1h", "fsize=99999999T"].map((
      text,
    ) => [
      `--limit=${text}`,
    ]),
  ];
  for (const args of wrong) assertThrows(() => optionsOf(args), UsageError, "must be", JSON.stringify(args));
});
