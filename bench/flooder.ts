/**
 * `flooder.ts PORT SILENT HANDSHAKES`: keeps so many connections open that say nothing, and makes so many TLS handshakes a
 * second with a certificate of the wrong CA, until it is ended. It prints a line when the flood has begun, and at a line on
 * its stdin how many handshakes have failed until now.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";

const [port = 0, silent = 0, handshakes = 0] = Deno.args.map(Number);
const pem = (name: string) => readFileSync(join(import.meta.dirname!, "../certs", name));
const identity = { ca: pem("server-ca.crt"), cert: pem("server.crt"), key: pem("server.key") };

let failed = 0;
let open = 0;

/** Opens a silent connection, and another one when the daemon has closed it. */
function keepSilent(): void {
  const socket = net.connect(port, "127.0.0.1", () => open++).on("error", () => {}).resume();
  socket.on("end", () => socket.destroy());
  socket.on("close", () => setTimeout(keepSilent, 10));
}

function failHandshake(): void {
  const socket = tls.connect({ host: "127.0.0.1", port, servername: "localhost", ALPNProtocols: ["h2"], ...identity });
  socket.on("error", () => {}).resume();
  socket.on("end", () => socket.destroy());
  socket.on("close", () => failed++);
}

for (let number = 0; number < silent; number++) keepSilent();
while (open < silent) await new Promise((resolve) => setTimeout(resolve, 10));
const begin = performance.now();
let made = 0;
setInterval(() => {
  const due = Math.floor((performance.now() - begin) / 1000 * handshakes);
  for (; made < due; made++) failHandshake();
}, 5);
console.log("flooding");
for await (const _ of Deno.stdin.readable) console.log(failed);
