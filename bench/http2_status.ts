/**
 * The least that a cold client can do: GetStatus by hand over node:http2, without grpc-js and protobufjs. It prints the
 * bytes of the answer's message.
 *
 * usage: http2_status.ts PORT PROCESS_ID
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { checkServerIdentity } from "node:tls";

const [port, id = ""] = Deno.args;
const pem = (name: string) => readFileSync(new URL(`../certs/${name}`, import.meta.url));
const session = connect(`https://localhost:${port}`, {
  ca: pem("server-ca.crt"),
  cert: pem("alice.crt"),
  key: pem("alice.key"),
  minVersion: "TLSv1.3",
  checkServerIdentity: (_host: string, certificate) => checkServerIdentity("localhost", certificate),
});
const stream = session.request({
  ":method": "POST",
  ":path": "/paas.v1.ProcessService/GetStatus",
  "content-type": "application/grpc",
  te: "trailers",
});
// A message: not compressed, its length; and in it field 1, the id.
const field = Buffer.concat([Buffer.from([0x0a, id.length]), Buffer.from(id)]);
stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, field.length]), field]));
const parts: Uint8Array[] = [];
stream.on("data", (part: Uint8Array) => parts.push(part));
stream.on("end", () => {
  const length = Buffer.concat(parts).length - 5;
  if (length < 10) throw new Error("There is no answer");
  console.log(length);
  Deno.exit(0);
});
