import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { inOwnProcess } from "../../tests/support/own_process.ts";
import { UsageError } from "../errors.ts";
import { parseOptions } from "../options/options.ts";
import { permissions } from "./permissions.ts";

function permissionsOf(...args: string[]): Map<string, string | undefined> {
  const invocation = parseOptions(["--print-permissions", ...args], new Map());
  assert(invocation.action === "print-permissions");
  return new Map(permissions(invocation.options).map((flag) => flag.split("=") as [string, string | undefined]));
}

Deno.test("permissions() allow the address alone", () => {
  const net = (address: string) => permissionsOf("--listen", address).get("--allow-net");
  assertEquals(net("127.0.0.1:50051"), "127.0.0.1:50051");
  assertEquals(net("[::1]:50051"), "[::1]:50051");
  assertEquals(net("127.0.0.1:0"), "127.0.0.1"); // what it becomes is not known before
  assertEquals(net("0.0.0.0:443"), "0.0.0.0:443,127.0.0.1:443"); // the second to try the own port
  assertEquals(net("[::]:0"), "[::],[::1]");
});

Deno.test("permissions() allow the address of metrics only if there is one, and nothing else for it", () => {
  const args = ["--listen", "0.0.0.0:443", "--metrics-listen", "[::1]:9464"];
  const [without, flags] = [permissionsOf(...args.slice(0, 2)), permissionsOf(...args)];
  assertEquals(flags.get("--allow-net"), "0.0.0.0:443,127.0.0.1:443,[::1]:9464");
  assertEquals(without.get("--allow-net"), "0.0.0.0:443,127.0.0.1:443");
  for (const name of without.keys()) if (name !== "--allow-net") assertEquals(flags.get(name), without.get(name), name);
  assertEquals(flags.size, without.size);
  assertEquals(
    permissionsOf("--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0").get("--allow-net"),
    "127.0.0.1",
  );
});

Deno.test("permissions() allow the certificates and the spool alone, by absolute path", () => {
  const flags = permissionsOf(
    "--tls-cert",
    "/a/s.crt",
    "--tls-key",
    "s 1.key",
    "--client-ca",
    "/c a.crt",
    "--spool-dir",
    "/s",
  );
  assertEquals(flags.get("--allow-read"), `/a/s.crt,${Deno.cwd()}/s 1.key,/c a.crt,/s`);
  assertEquals(flags.get("--allow-write"), "/s");
});

Deno.test("permissions() let the daemon read what says who may come in, and write the audit log, by file", () => {
  const flags = permissionsOf(
    ...["--crl", "/p/crl", "--deny-list", "/p/denied", "--policy", "/p/policy", "--audit-log", "/l/audit"],
    ...["--spool-dir", "/s", "--tls-cert", "/a", "--tls-key", "/b", "--client-ca", "/c"],
  );
  assertEquals(flags.get("--allow-read"), "/a,/b,/c,/p/policy,/p/crl,/p/denied,/s");
  assertEquals(flags.get("--allow-write"), "/s,/l/audit");
});

Deno.test("permissions() refuse a path that would open another one", () => {
  assertThrows(() => permissionsOf("--spool-dir", "/a,/"), UsageError, "comma");
});

Deno.test("permissions() refuse a path that would be another flag, wherever it comes from", async () => {
  const odd = "/x/\n--allow-ffi\n--env-file=";
  for (const name of ["XDG_RUNTIME_DIR", "TMPDIR"]) {
    const invocation = parseOptions(["--print-permissions"], new Map([[name, odd]]));
    assert(invocation.action === "print-permissions");
    assertThrows(() => permissions(invocation.options), UsageError, "control character");
  }
  const directory = await Deno.makeTempDir();
  try {
    const printed = await inOwnProcess(`
      import { parseOptions } from "./paasd/options/options.ts";
      import { permissions } from "./paasd/preflight/permissions.ts";
      Deno.mkdirSync("${directory}/a\\n--allow-ffi");
      Deno.chdir("${directory}/a\\n--allow-ffi");
      try {
        permissions(parseOptions(["--spool-dir", "s"], new Map()).options);
      } catch (error) {
        console.log(error.constructor.name, error.message);
      }
    `);
    assertMatch(printed, /^UsageError .*control character/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("permissions() name each variable, and open nothing else", () => {
  const flags = permissionsOf();
  assertEquals([...flags.keys()], [
    "--allow-net",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys",
    "--allow-run",
    "--allow-ffi",
  ]);
  for (const [flag, value] of flags) assert(flag === "--allow-run" || value, flag);
  assertEquals(flags.get("--allow-sys"), "uid");
  for (const path of flags.get("--allow-ffi")!.split(",")) assertMatch(path, /^\/[\w/-]*\/libc\.so\.6$/);
});

Deno.test("permissions() name under a list the daemon's own programs alone, and no library", () => {
  const flags = permissionsOf("--allow-program", "/bin/a,/b c", "--allow-program", "/d");
  assertEquals(flags.get("--allow-run"), "/usr/bin/setsid,/usr/bin/prlimit,/usr/bin/kill,/bin/kill,/usr/bin/stat");
  assert(!flags.has("--allow-ffi"));
  const all = permissionsOf("--allow-program=/a", "--run-as=nobody", "--limit=nofile=9", "--die-with-daemon");
  assertMatch(
    all.get("--allow-run")!,
    /^\/usr\/bin\/setsid,\/usr\/bin\/prlimit,\/usr\/bin\/kill,\/bin\/kill,\/usr\/bin\/getent,\/usr\/bin\/setpriv,\/[^,]*\/guard\.sh,\/usr\/bin\/stat$/,
  );
  assertEquals(permissionsOf("--run-as=nobody", "--limit=nofile=9", "--die-with-daemon").get("--allow-run"), undefined);
});
