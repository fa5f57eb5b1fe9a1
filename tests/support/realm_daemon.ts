/**
 * A daemon with certificates of its own, and users of all kinds.
 *
 * @module
 */
import type { GetStatusResponse__Output, ProcessStatus__Output, WhoAmIResponse__Output } from "@paas/proto";
import type { ClientReadableStream, ServiceError } from "@paas/proto/grpc";
import { join } from "node:path";
import { connect } from "node:tls";
import type { CertificateOptions, Pair } from "../../certs/authority.ts";
import { answer, type Client, Realm } from "./realm.ts";
import { RunningDaemon } from "./programs.ts";

/** A user: a certificate, and a client that shows it. */
export interface Person {
  readonly pair: Pair;
  readonly client: Client;
  readonly id: string;
}

/** A log that a user follows. */
export interface Following {
  /** The text so far. */
  text: string;
  /** The end; `undefined` until it comes. */
  end: ServiceError | "in full" | undefined;
}

/** A daemon as `deno task paasd` starts it, with a server CA and a client CA of its own. */
export class RealmDaemon implements AsyncDisposable {
  private constructor(readonly realm: Realm, readonly daemon: RunningDaemon) {}

  /** Starts the daemon with the flags that the function makes of its realm. */
  static async start(flags: (realm: Realm) => string[] | Promise<string[]> = () => []): Promise<RealmDaemon> {
    const realm = await Realm.make();
    try {
      const file = (name: string) => join(realm.directory, name);
      const certificates = ["--tls-cert", file("server.crt"), "--tls-key", file("server.key")];
      return new RealmDaemon(
        realm,
        await RunningDaemon.start([...certificates, "--client-ca", file("client-ca.crt"), ...await flags(realm)]),
      );
    } catch (error) {
      await realm[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The path of a file. */
  file(name: string): string {
    return join(this.realm.directory, name);
  }

  /** Replaces a file by a rename, as an operator should. */
  async replace(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(this.file(`${name}.new`), text);
    await Deno.rename(this.file(`${name}.new`), this.file(name));
  }

  /** Makes a new user, and connects the user. */
  async person(options: Partial<CertificateOptions> = {}): Promise<Person> {
    return await this.connect(await this.realm.user(options));
  }

  /** Connects a user with a certificate. */
  async connect(pair: Pair): Promise<Person> {
    const client = this.realm.client(this.daemon.port, pair);
    const { userId } = await whoAmI(client);
    return { pair, client, id: userId };
  }

  /** Reports whether the daemon lets a certificate in. It uses no grpc-js, which would try again for a while. */
  letsIn(pair: Pair): Promise<boolean> {
    return new Promise((resolve) => {
      const ca = this.realm.serverCa.cert;
      const options = { ...pair, ca, servername: "localhost", ALPNProtocols: ["h2"] };
      const socket = connect({ host: "127.0.0.1", port: this.daemon.port, ...options });
      socket.on("data", () => { // the server's settings
        resolve(true);
        socket.destroy();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(false));
    });
  }

  /** Runs `paasc` as a user. */
  async paasc({ pair }: Pick<Person, "pair">, ...words: string[]) {
    const name = crypto.randomUUID();
    const cert = await this.realm.write(`${name}.crt`, pair.cert);
    const key = await this.realm.write(`${name}.key`, pair.key);
    const ca = join(this.realm.directory, "server-ca.crt");
    const { code, stdout, stderr } = await this.daemon.paasc(["--ca", ca, "--cert", cert, "--key", key, ...words]);
    return { code, stdout: new TextDecoder().decode(stdout), stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.realm.closeClients(); // or their streams would hold the daemon
    await this.daemon[Symbol.asyncDispose]();
    await this.realm[Symbol.asyncDispose]();
  }
}

/** Asks the daemon for the identity of the caller. */
export function whoAmI(client: Client): Promise<WhoAmIResponse__Output> {
  return answer((callback) => client.WhoAmI({}, callback));
}

/** Starts a process, and gives its id. */
export async function exec({ client }: Pick<Person, "client">, ...args: string[]): Promise<string> {
  return (await answer<{ processId: string }>((callback) => client.Exec({ args }, callback))).processId;
}

/** Asks for the status of a process. */
export async function statusOf({ client }: Pick<Person, "client">, processId: string): Promise<ProcessStatus__Output> {
  return (await answer<GetStatusResponse__Output>((callback) => client.GetStatus({ processId }, callback))).status!;
}

/** Follows a log. */
export function follow({ client }: Pick<Person, "client">, processId: string): Following {
  const following: Following = { text: "", end: undefined };
  watch(client.GetLogs({ processId }), following, ({ chunks }) => {
    for (const { data } of chunks) following.text += data.toString();
  });
  return following;
}

/** Reads a stream, and notes its end. */
export function watch<Message>(
  stream: ClientReadableStream<Message>,
  following: Pick<Following, "end">,
  take: (message: Message) => void,
): void {
  stream.on("data", take);
  stream.on("error", (error) => following.end ??= error as ServiceError);
  stream.on("end", () => following.end ??= "in full");
}
