/**
 * A realm: certificate authorities of a test, in a directory, with options for a daemon and clients of it.
 *
 * @module
 */
import { ProcessService } from "@paas/proto";
import { credentials, type ServiceError, sessionsClosed } from "@paas/proto/grpc";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { type Authority, type CertificateOptions, createAuthority, type Pair } from "../../certs/authority.ts";
import type { ConnectionLimits } from "../../paasd/quotas/limits.ts";
import { DaemonLog } from "../../paasd/telemetry/daemon_log.ts";
import { type Options, parseOptions } from "../../paasd/options/options.ts";

/** A client of the service. */
export type Client = InstanceType<typeof ProcessService>;

/** Limits that no test reaches by accident. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  maxConnections: 1_000,
  maxConnectionsPerAddress: 1_000,
  handshakeTimeout: 10_000,
  idleTimeout: 60_000,
};

/** The lines of a log, and the log. */
export class TestLog extends DaemonLog {
  readonly lines: string[];

  constructor() {
    const lines: string[] = [];
    super("text", {
      write(bytes) {
        lines.push(...new TextDecoder().decode(bytes).trimEnd().split("\n"));
        return Promise.resolve(bytes.length);
      },
    });
    this.lines = lines;
  }

  /** The lines of one event. */
  of(event: string): string[] {
    return this.lines.filter((line) => line.split(" ")[1] === event);
  }
}

/** A directory with a server CA, a client CA and a server certificate, removed at the end. */
export class Realm implements AsyncDisposable {
  readonly #clients: Client[] = [];

  private constructor(
    readonly directory: string,
    readonly serverCa: Authority,
    readonly clientCa: Authority,
    readonly server: Pair,
  ) {}

  static async make(): Promise<Realm> {
    const [serverCa, clientCa] = await Promise.all([
      createAuthority({ commonName: "server CA" }),
      createAuthority({ commonName: "client CA" }),
    ]);
    const server = await serverCa.issue({
      commonName: "server",
      usages: ["serverAuth"],
      hosts: ["localhost", "127.0.0.1"],
    });
    const realm = new Realm(await Deno.makeTempDir(), serverCa, clientCa, server);
    await Promise.all([
      realm.write("server.crt", server.cert),
      realm.write("server.key", server.key, 0o600),
      realm.write("client-ca.crt", clientCa.cert),
      realm.write("server-ca.crt", serverCa.cert),
    ]);
    return realm;
  }

  /** Options for a daemon of this realm. */
  get options(): Options {
    const invocation = parseOptions([], new Map());
    if (invocation.action !== "serve") throw new Error("No flags must mean to serve");
    return {
      ...invocation.options,
      listen: { host: "127.0.0.1", port: 0 },
      tlsCert: join(this.directory, "server.crt"),
      tlsKey: join(this.directory, "server.key"),
      clientCa: join(this.directory, "client-ca.crt"),
      temporary: join(this.directory, "temporary"),
      retain: Infinity,
      retainCount: Infinity,
      retainTotal: Infinity,
      stopGrace: 2_000,
    };
  }

  /** Issues the certificate of a user. */
  user(options: Partial<CertificateOptions> = {}): Promise<Pair> {
    return this.clientCa.issue({ commonName: "alice", usages: ["clientAuth"], ...options });
  }

  /** Makes a client of the server at a port. The realm closes it at the end. */
  client(port: number, { cert, key }: Pair): Client {
    const identity = credentials.createSsl(Buffer.from(this.serverCa.cert), Buffer.from(key), Buffer.from(cert));
    const client = new ProcessService(`localhost:${port}`, identity, { "grpc.use_local_subchannel_pool": 1 });
    this.#clients.push(client);
    return client;
  }

  /** Writes a file, and gives its path. */
  async write(name: string, text: string, mode = 0o644): Promise<string> {
    const path = join(this.directory, name);
    await Deno.writeTextFile(path, text, { mode });
    return path;
  }

  /** Closes all clients. */
  async closeClients(): Promise<void> {
    for (const client of this.#clients) client.close();
    await sessionsClosed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeClients();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Turns a unary call into a promise. */
export function answer<Response>(
  call: (callback: (error: ServiceError | null, response?: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => call((error, response) => error ? reject(error) : resolve(response!)));
}

/** Waits for the error of a call that must fail. */
export async function failure(call: Promise<unknown>): Promise<ServiceError> {
  try {
    await call;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error("The call did not fail");
}
