/**
 * What cannot be done without, each by itself; it prints the MB/s of that, or how long it takes.
 *
 * ```text
 * floor.ts worker SPOOL LINE BYTES   the worker alone: a process, its pipe, the spool, and reading it back live
 * floor.ts spawn CALLS              the worker alone: milliseconds to start `true` and wait for it, the median
 * floor.ts tls BYTES                 node:tls alone: from this process to another one
 * ```
 *
 * @module
 */
import { spawn, Spool } from "@paas/worker";
import { decodeLogChunks } from "@paas/worker/records";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import { median } from "./figure.ts";

const [what, ...words] = Deno.args;
if (what === "worker") await worker(words[0]!, words[1]!, Number(words[2]));
else if (what === "spawn") await spawnAndWait(Number(words[0]));
else if (what === "tls") await serveTls(Number(words[0]));
else if (what === "tls-client") receiveTls(Number(words[0]), Number(words[1]));
else throw new Error("What floor?");

async function worker(directory: string, line: string, bytes: number): Promise<void> {
  using spool = await Spool.open(directory);
  try {
    const begin = performance.now();
    const process = await spawn({ args: ["sh", "-c", line], spool });
    let count = 0;
    for await (const records of await process.records()) {
      for (const { data } of decodeLogChunks(records)) count += data.length;
    }
    printRate(count, bytes, begin);
    await process.ended;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function spawnAndWait(calls: number): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    using spool = await Spool.open(directory);
    const times: number[] = [];
    for (let call = 0; call < calls; call++) {
      const begin = performance.now();
      const process = await spawn({ args: ["true"], spool });
      await process.finished;
      times.push(performance.now() - begin);
      await process.ended;
    }
    console.log(median(times));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function certificate(name: string): string {
  return readFileSync(join(import.meta.dirname!, "../certs", name), "utf8");
}

/** Sends so many bytes to a client of its own. */
async function serveTls(bytes: number): Promise<void> {
  const identity = { cert: certificate("server.crt"), key: certificate("server.key") };
  const server = createServer({ ...identity, minVersion: "TLSv1.3" }, (socket) => send(socket, bytes));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", import.meta.filename!, "tls-client", `${port}`, `${bytes}`],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  Deno.exit(code);
}

async function send(socket: TLSSocket, bytes: number): Promise<void> {
  const slice = new Uint8Array(256 * 1024); // as large as the daemon's messages to a reader that lags
  for (let left = bytes; left > 0; left -= slice.length) {
    if (socket.write(slice.subarray(0, left))) continue;
    await new Promise((resolve) => socket.once("drain", resolve));
  }
  socket.end();
}

function receiveTls(port: number, bytes: number): void {
  let begin = 0;
  let count = 0;
  const socket = connect({ host: "127.0.0.1", port, servername: "localhost", ca: certificate("server-ca.crt") });
  socket.on("secureConnect", () => begin = performance.now());
  socket.on("data", (data: Uint8Array) => count += data.length);
  socket.on("end", () => {
    printRate(count, bytes, begin);
    Deno.exit();
  });
}

function printRate(count: number, expected: number, begin: number): void {
  if (count !== expected) throw new Error(`${count} bytes came instead of ${expected}`);
  console.log(count / 1e3 / (performance.now() - begin));
}
