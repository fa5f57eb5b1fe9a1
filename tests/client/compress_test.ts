import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { TcpProxy } from "../support/wire/tcp_proxy.ts";
import { sharedDaemon, startPaasc, text } from "../support/programs.ts";
import { until } from "../support/until.ts";

const shared = sharedDaemon();

Deno.test("logs --compress prints the same bytes, and has fewer of them sent", async () => {
  const daemon = shared();
  await using proxy = await TcpProxy.to(daemon.port);
  const id = await daemon.exec(["seq", "300000"]);
  const whole = Array.from({ length: 300_000 }, (_, number) => `${number + 1}\n`).join("");
  const sent = async (...options: string[]) => {
    const before = proxy.bytes;
    await using client = startPaasc(["--server", `127.0.0.1:${proxy.port}`, "logs", ...options, id]);
    const { code, stdout, stderr } = await client.result();
    assertEquals([code, stderr], [0, ""]);
    assert(text(stdout) === whole, "what was printed is not what was written");
    return proxy.bytes - before;
  };
  const [plain, compressed] = [await sent(), await sent("--compress")];
  assert(plain > whole.length && compressed < whole.length * 0.6, `${compressed} bytes instead of ${plain}`);
});

Deno.test("logs --compress leaves bytes that cannot be compressed as they are", async () => {
  const daemon = shared();
  const directory = await Deno.makeTempDir();
  try {
    const file = join(directory, "noise");
    const noise = new Uint8Array(3_000_000);
    for (let at = 0; at < noise.length; at += 50_000) crypto.getRandomValues(noise.subarray(at, at + 50_000));
    await Deno.writeFile(file, noise);
    const id = await daemon.exec(["cat", file]);
    const { code, stdout, stderr } = await daemon.paasc(["logs", "--compress", id]);
    assertEquals([code, stderr, stdout.length], [0, "", noise.length]);
    assert(stdout.every((byte, at) => byte === noise[at]), "what was printed is not what was written");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("logs --compress shows each line of a process that runs, however long, when it comes", async () => {
  const daemon = shared();
  const directory = await Deno.makeTempDir();
  try {
    const script = 'for i in 1 2 3; do echo "$i"; seq -s , 1000; until [ -e "$1/$i" ]; do sleep 0.01; done; done';
    const id = await daemon.exec(["sh", "-c", script, "sh", directory]);
    await using client = daemon.startPaasc(["logs", "--compress", id]);
    const line = Array.from({ length: 1_000 }, (_, number) => number + 1).join(",");
    let expected = "";
    for (const part of ["1", "2", "3"]) {
      expected += `${part}\n${line}\n`;
      await until(`part ${part} is there`, () => client.printed === expected);
      await Deno.writeTextFile(join(directory, part), "");
    }
    assertEquals((await client.result()).code, 0);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("logs --compress goes on at the next byte when the connection breaks", async () => {
  const daemon = shared();
  await using proxy = await TcpProxy.to(daemon.port);
  proxy.limits = [30_000, 100_000, 150_000, 60_000];
  const id = await daemon.exec(["seq", "300000"]);
  await using client = startPaasc(["--server", `127.0.0.1:${proxy.port}`, "logs", "--compress", id]);
  const { code, stdout, stderr } = await client.result();
  assertEquals([code, stderr], [0, ""]);
  assert(proxy.connections > 4, "the connection was not cut");
  const whole = Array.from({ length: 300_000 }, (_, number) => `${number + 1}\n`).join("");
  assert(text(stdout) === whole, "what was printed is not what was written");
});

Deno.test("logs --compress fails as logs does", async () => {
  const daemon = shared();
  const id = crypto.randomUUID();
  assertEquals(await daemon.paasc(["logs", "--compress", id]), await daemon.paasc(["logs", id]));
});
