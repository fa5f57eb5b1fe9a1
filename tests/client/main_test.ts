import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import { RUN_FLAGS } from "../../paasc/install/run_flags.ts";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { ClientFiles, ID, makeCertificates, TestDaemon } from "../support/stand_in_daemon.ts";

const main = new URL("../../paasc/main.ts", import.meta.url).pathname;
const time = { seconds: 1, nanos: 0 };

function paasc(args: string[], env: Record<string, string> = {}) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...RUN_FLAGS, main, ...args],
    env: { PAASC_CONTEXT: "default", ...env }, // not that of whoever runs the tests
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(args: string[], env?: Record<string, string>) {
  const { code, stdout, stderr } = await paasc(args, env).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function options({ port, files }: { port: number; files: ClientFiles }): string[] {
  return ["--server", `127.0.0.1:${port}`, "--ca", files.ca, "--cert", files.cert, "--key", files.key];
}

Deno.test("paasc version and help print to stdout and exit with 0", async () => {
  assertMatch((await run(["version"])).stdout, /^paasc \d+\.\d+\.\d+\n$/);
  assertMatch((await run(["--version", "-o", "json"])).stdout, /^\{"version":"\d+\.\d+\.\d+"\}\n$/);
  const { code, stdout, stderr } = await run(["help"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(await run([]), { code, stdout, stderr });
  for (
    const command of ["exec", "list", "status", "logs", "wait", "events", "stop", "signal", "rm", "help", "version"]
  ) {
    assertStringIncludes(stdout, `\n  ${command} `);
    assertStringIncludes((await run([command, "-h"])).stdout, `Usage: paasc ${command} `);
  }
});

Deno.test("paasc loads no grpc-js until a command calls the daemon", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", main] }).output();
  interface Dependency {
    readonly code?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }
  const modules: { specifier: string; dependencies?: Dependency[] }[] =
    JSON.parse(new TextDecoder().decode(stdout)).modules;
  const loaded = new Set<string>();
  const load = (specifier: string) => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    const dependencies = modules.find((module) => module.specifier === specifier)?.dependencies ?? [];
    for (const { code, isDynamic } of dependencies) if (code && !isDynamic) load(code.specifier);
  };
  load(new URL("../../paasc/main.ts", import.meta.url).href);
  assert(loaded.size > 10, "the module graph was not understood");
  assertEquals([...loaded].filter((specifier) => /^npm:|grpc|\/proto\/(?!words\/)/.test(specifier)), []);
});

Deno.test("paasc exits with 2 and one line when it is used wrongly", async () => {
  for (
    const args of [["-o", "json"], ["nonsense"], ["--nonsense"], ["exec"], ["attach", "a", "b"]].concat([
      ["--server", "x", "status", "a"],
      ["kill", "web"],
    ])
  ) {
    const { code, stdout, stderr } = await run(args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertMatch(stderr, /^paasc: [^\n]+ see [^\n]*--help'\n$/);
  }
});

Deno.test("paasc exits with 1 and one line when the daemon refuses, whatever it says", async () => {
  await using daemon = await TestDaemon.start({
    GetStatus: (_call, callback) => callback({ code: 5, details: "no\nprocess\x1b[31m" }),
  });
  assertEquals(await run([...options(daemon), "status", ID]), {
    code: 1,
    stdout: "",
    stderr: "paasc: no\\u000aprocess\\u001b[31m\n",
  });
});

Deno.test("paasc takes its settings from the environment, and is deaf to that of grpc-js and to proxies", async () => {
  await using daemon = await TestDaemon.start({ Exec: (_call, callback) => callback(null, { processId: "some-id" }) });
  const { ca, cert, key } = daemon.files;
  const env = { PAASC_SERVER: `127.0.0.1:${daemon.port}`, PAASC_CA: ca, PAASC_CERT: cert, PAASC_KEY: key };
  const noise = {
    grpc_proxy: "http://127.0.0.1:1",
    https_proxy: "http://127.0.0.1:1",
    GRPC_TRACE: "all",
    GRPC_VERBOSITY: "DEBUG",
  };
  assertEquals(await run(["exec", "ls"], { ...env, ...noise }), { code: 0, stdout: "some-id\n", stderr: "" });
});

Deno.test("paasc exits with 69 and one line when there is no daemon to trust", async (t) => {
  const { serverCa, clientCa, server, client } = await makeCertificates();
  using files = new ClientFiles({ ca: serverCa.cert, ...client });

  /** What paasc says of a TLS server, and how many bytes that was sent. */
  async function meet(tls: TlsOptions) {
    let bytes = 0;
    const listener = createServer({ ca: clientCa.cert, requestCert: true, ALPNProtocols: ["h2"], ...tls }, (socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => bytes += data.length);
    });
    listener.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    const { code, stdout, stderr } = await run([...options({ port, files }), "exec", "ls"]);
    await new Promise((resolve) => listener.close(resolve));
    assertEquals([code, stdout], [69, ""]);
    assertMatch(stderr, /^paasc: cannot connect to 127\.0\.0\.1:\d+: [^\n]+\n$/);
    assertEquals(bytes, 0);
    return stderr;
  }

  await t.step("its certificate is for another address", async () => {
    // Also for the name that stands in for an address in the handshake.
    const other = await serverCa.issue({ commonName: "x", usages: ["serverAuth"], hosts: ["127.0.0.2", "paasd"] });
    assertStringIncludes(await meet(other), "is for IP Address:127.0.0.2, DNS:paasd, not for '127.0.0.1'");
  });
  await t.step("its certificate is from another CA", async () => {
    assertStringIncludes(await meet((await makeCertificates()).server), "not signed by the server CA");
  });
  await t.step("it is too old for TLS 1.3", async () => {
    const old = { ...server, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;
    assertStringIncludes(await meet(old), "does not speak TLS 1.3");
  });
  await t.step("a file is missing", async () => {
    const { code, stdout, stderr } = await run(["--cert", "/nowhere/my.crt", "exec", "ls"]);
    assertEquals([code, stdout], [69, ""]);
    assertStringIncludes(
      stderr,
      "paasc: cannot read the client certificate /nowhere/my.crt: it does not exist (--cert",
    );
  });
});

/** A daemon whose only log goes on for ever, and that tells when its reader has gone. */
async function endlessLog() {
  const gone = Promise.withResolvers<void>();
  const daemon = await TestDaemon.start({
    GetLogs(call) {
      let offset = 0;
      const tick = () => {
        call.write({ chunks: [{ offset, stream: "LOG_STREAM_STDOUT", time, data: Buffer.from("tick\n") }] });
        offset += 5;
      };
      tick();
      const ticking = setInterval(tick, 10);
      call.on("cancelled", () => {
        clearInterval(ticking);
        gone.resolve();
      });
    },
  });
  return { daemon, gone: gone.promise };
}

Deno.test("paasc logs ends with 130 after SIGINT, having printed whole lines", async () => {
  const { daemon, gone } = await endlessLog();
  await using _daemon = daemon;
  const child = paasc([...options(daemon), "logs", ID]).spawn();
  let text = "";
  let interrupted = false;
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (!interrupted) {
      interrupted = true;
      child.kill("SIGINT");
    }
  }
  const { code, signal } = await child.status;
  assertEquals([code, signal, await new Response(child.stderr).text()], [130, null, ""]);
  assertMatch(text, /^(?:tick\n)+$/);
  await gone;
});

Deno.test("paasc logs ends with 130 after SIGINT though nobody reads its output", async () => {
  const full = Promise.withResolvers<void>();
  await using daemon = await TestDaemon.start({
    async GetLogs(call) {
      const data = Buffer.alloc(64 * 1024);
      for (let offset = 0; call.write({ chunks: [{ offset, stream: "LOG_STREAM_STDOUT", time, data }] });) {
        offset += data.length;
        await new Promise((resolve) => setTimeout(resolve));
      }
      full.resolve();
    },
  });
  const child = paasc([...options(daemon), "logs", ID]).spawn();
  await full.promise; // more than the pipe and the windows of HTTP/2 take
  child.kill("SIGINT");
  assertEquals((await child.status).code, 130);
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
});

Deno.test("paasc logs ends quietly with 141 when its reader goes, as cat does", async () => {
  const { daemon, gone } = await endlessLog();
  await using _daemon = daemon;
  const child = paasc([...options(daemon), "logs", ID]).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals([(await child.status).code, await new Response(child.stderr).text()], [141, ""]);
  await gone;
});

Deno.test("paasc logs ends with 130 after SIGINT while it waits for the connection", async () => {
  const { daemon } = await endlessLog();
  await using _daemon = daemon;
  await using proxy = await TcpProxy.to(daemon.port);
  const child = paasc([...options({ port: proxy.port, files: daemon.files }), "logs", ID]).spawn();
  const stdout = child.stdout.getReader();
  await stdout.read();
  await proxy.remove();
  const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  assertStringIncludes((await stderr.read()).value ?? "", "was lost; trying to get it back\n");
  child.kill("SIGINT");
  assertEquals((await child.status).code, 130);
  assertEquals((await stderr.read()).done, true);
  await stdout.cancel();
});
