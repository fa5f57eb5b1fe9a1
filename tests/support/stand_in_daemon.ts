/**
 * A stand-in for the daemon: the service of the contract behind mutual TLS, with the handlers of a test.
 *
 * @module
 */
import { processService } from "@paas/proto";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  sessionsClosed,
} from "@paas/proto/grpc";
import type {
  ExecRequest__Output,
  ExecResponse,
  GetLogsRequest__Output,
  GetLogsResponse,
  GetStatusRequest__Output,
  GetStatusResponse,
  ListRequest__Output,
  ListResponse,
  RemoveRequest__Output,
  RemoveResponse,
  SignalRequest__Output,
  SignalResponse,
  StopRequest__Output,
  StopResponse,
  WaitRequest__Output,
  WaitResponse,
  WatchRequest__Output,
  WatchResponse,
  WhoAmIRequest__Output,
  WhoAmIResponse,
} from "@paas/proto";
import { Buffer } from "node:buffer";
import { type Authority, createAuthority, type Pair } from "../../certs/authority.ts";
import { Context } from "../../paasc/command.ts";
import { Printed } from "./paasc/printed.ts";
import type { Settings } from "../../paasc/settings/settings.ts";

/** Handlers of calls. A call without a handler gets no answer. */
export interface Handlers {
  Exec?: handleUnaryCall<ExecRequest__Output, ExecResponse>;
  GetStatus?: handleUnaryCall<GetStatusRequest__Output, GetStatusResponse>;
  Stop?: handleUnaryCall<StopRequest__Output, StopResponse>;
  GetLogs?: handleServerStreamingCall<GetLogsRequest__Output, GetLogsResponse>;
  Wait?: handleUnaryCall<WaitRequest__Output, WaitResponse>;
  Signal?: handleUnaryCall<SignalRequest__Output, SignalResponse>;
  List?: handleUnaryCall<ListRequest__Output, ListResponse>;
  Remove?: handleUnaryCall<RemoveRequest__Output, RemoveResponse>;
  Watch?: handleServerStreamingCall<WatchRequest__Output, WatchResponse>;
  WhoAmI?: handleUnaryCall<WhoAmIRequest__Output, WhoAmIResponse>;
}

/** A server CA and a client CA, with the certificates of a server and a client. */
export interface TestCertificates {
  readonly serverCa: Authority;
  readonly clientCa: Authority;
  readonly server: Pair;
  readonly client: Pair;
}

/** Makes new certificates, without any fault. */
export async function makeCertificates(): Promise<TestCertificates> {
  const [serverCa, clientCa] = await Promise.all([
    createAuthority({ commonName: "test server CA" }),
    createAuthority({ commonName: "test client CA" }),
  ]);
  const [server, client] = await Promise.all([
    serverCa.issue({ commonName: "server", usages: ["serverAuth"], hosts: ["localhost", "127.0.0.1", "::1"] }),
    clientCa.issue({ commonName: "client", usages: ["clientAuth"] }),
  ]);
  return { serverCa, clientCa, server, client };
}

/** A directory with the certificates of a client. It is removed at the end of the scope. */
export class ClientFiles implements Disposable {
  readonly directory = Deno.makeTempDirSync();
  readonly ca = `${this.directory}/ca.crt`;
  readonly cert = `${this.directory}/client.crt`;
  readonly key = `${this.directory}/client.key`;

  constructor({ ca, cert, key }: { ca: string } & Pair) {
    Deno.writeTextFileSync(this.ca, ca);
    Deno.writeTextFileSync(this.cert, cert);
    Deno.writeTextFileSync(this.key, key);
  }

  settings(port: number, output: "text" | "json" = "text"): Settings {
    return { server: `127.0.0.1:${port}`, ca: this.ca, cert: this.cert, key: this.key, output };
  }

  [Symbol.dispose]() {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** A whole id of a process, which a client sends as it is. */
export const ID = "2b5c0c4e-2a8f-4a3c-9d5f-0d8e5b9b7c11";

/** What a command has to work with, as far as a test does not care. */
export function contextWith(
  { settings, given = {}, repeated = {}, stdout = new Printed(), stderr = new Printed(), columns }:
    & Partial<Context>
    & Pick<Context, "settings">,
): Context {
  return new Context(settings, given, repeated, stdout, stderr, columns);
}

/** A running stand-in, and the files of a client for it. */
export class TestDaemon implements AsyncDisposable {
  private constructor(readonly server: Server, readonly port: number, readonly files: ClientFiles) {}

  static async start(handlers: Handlers): Promise<TestDaemon> {
    const { serverCa, clientCa, server: { cert, key }, client } = await makeCertificates();
    const server = new Server();
    const silence = () => {};
    server.addService(processService, {
      Exec: silence,
      GetStatus: silence,
      Stop: silence,
      GetLogs: silence,
      Wait: silence,
      Signal: silence,
      List: silence,
      Remove: silence,
      Watch: silence,
      ...handlers,
    });
    const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
    const credentials = ServerCredentials.createSsl(Buffer.from(clientCa.cert), [pair], true);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", credentials, (error, port) => error ? reject(error) : resolve(port));
    });
    return new TestDaemon(server, port, new ClientFiles({ ca: serverCa.cert, ...client }));
  }

  async [Symbol.asyncDispose]() {
    await new Promise((resolve) => this.server.tryShutdown(resolve));
    await sessionsClosed();
    this.files[Symbol.dispose]();
  }
}
