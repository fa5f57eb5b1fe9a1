import { assertEquals, assertStringIncludes } from "@std/assert";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from "node:tls";
import type { Pair } from "../../certs/authority.ts";
import { readCertificates } from "./certificates.ts";
import { diagnose } from "./diagnose.ts";
import { parseServerAddress } from "./server_address.ts";
import { ClientFiles, makeCertificates } from "../../tests/support/stand_in_daemon.ts";

const certificates = await makeCertificates();
const { serverCa, clientCa, server, client } = certificates;
const past = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2021-01-01T00:00:00Z") };
const future = { notBefore: new Date("2090-01-01T00:00:00Z"), notAfter: new Date("2091-01-01T00:00:00Z") };
const hosts = ["localhost", "127.0.0.1"];

/** A listener on a free port of loopback, and every connection to it, ended with the scope. */
class Listener implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  private constructor(readonly server: Server) {
    server.on("connection", (socket) => this.#sockets.add(socket));
  }

  static async start(server: Server): Promise<Listener> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Listener(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose]() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** What a client with these files is told about a server. */
async function told(
  { host = "127.0.0.1", port, ca = serverCa.cert, own = client }: {
    host?: string;
    port: number;
    ca?: string;
    own?: Pair;
  },
): Promise<string> {
  using files = new ClientFiles({ ca, ...own });
  const { sentence } = await diagnose(parseServerAddress(`${host}:${port}`), await readCertificates(files));
  return sentence.replaceAll(files.directory + "/", "").replace(`${host}:${port}`, "SERVER");
}

/** A server as the daemon's front door is one, up to its first bytes. */
function daemonWith(options: TlsOptions): Promise<Listener> {
  const greet = (socket: TLSSocket) => {
    socket.on("error", () => {});
    socket.write("the first bytes");
  };
  const server = createTlsServer({
    ca: clientCa.cert,
    requestCert: true,
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2"],
    ...options,
  }, greet);
  server.on("tlsClientError", () => {});
  return Listener.start(server);
}

Deno.test("diagnose() tells that nothing listens", async () => {
  const listener = await Listener.start(createServer());
  const { port } = listener;
  await listener[Symbol.asyncDispose]();
  assertEquals(
    await told({ port }),
    "cannot connect to SERVER: nothing listens there; is paasd running? (check --server)",
  );
});

Deno.test("diagnose() tells that a host name is unknown", async () => {
  assertEquals(
    await told({ host: "nowhere.invalid", port: 50051 }),
    "cannot connect to SERVER: the host name 'nowhere.invalid' cannot be resolved (check --server)",
  );
});

Deno.test("diagnose() tells that what listens is no paasd", async (t) => {
  const ignore = (socket: Socket) => socket.on("error", () => {});

  await t.step("it never answers", async () => {
    await using silent = await Listener.start(createServer(ignore));
    assertStringIncludes(await told(silent), "something listens there but does not answer; is it a paasd?");
  });
  await t.step("it closes", async () => {
    await using closing = await Listener.start(createServer((socket) => ignore(socket).destroy()));
    assertStringIncludes(await told(closing), "what listens there closes the connection; is it a paasd?");
  });
  await t.step("it speaks HTTP", async () => {
    const http = (socket: Socket) => ignore(socket).end("HTTP/1.1 400 Bad Request\r\n\r\n");
    await using plain = await Listener.start(createServer(http));
    assertStringIncludes(await told(plain), "what listens there does not speak TLS 1.3 with HTTP/2");
  });
  await t.step("it speaks TLS 1.2", async () => {
    await using old = await daemonWith({ ...server, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
    assertStringIncludes(await told(old), "what listens there does not speak TLS 1.3 with HTTP/2");
  });
  await t.step("it speaks TLS, but not HTTP/2", async () => {
    await using other = await daemonWith({ ...server, ALPNProtocols: undefined });
    assertStringIncludes(await told(other), "what listens there does not speak TLS 1.3 with HTTP/2");
  });
});

Deno.test("diagnose() tells what is wrong with the server's certificate", async (t) => {
  const serverWith = (options: Partial<Parameters<typeof serverCa.issue>[0]>) =>
    serverCa.issue({ commonName: "server", usages: ["serverAuth"], hosts, ...options });

  await t.step("another CA", async () => {
    // Of the same name, as after making the certificates anew.
    const { serverCa: other } = await makeCertificates();
    await using daemon = await daemonWith(server);
    assertEquals(
      await told({ port: daemon.port, ca: other.cert }),
      "cannot connect to SERVER: the server's certificate is not signed by the server CA ca.crt (check --ca and --server)",
    );
  });
  await t.step("expired", async () => {
    await using daemon = await daemonWith(await serverWith(past));
    assertEquals(
      await told(daemon),
      "cannot connect to SERVER: the server's certificate is not valid: it expired at 2021-01-01T00:00:00Z",
    );
  });
  await t.step("not valid yet", async () => {
    await using daemon = await daemonWith(await serverWith(future));
    assertStringIncludes(await told(daemon), "it is not valid before 2090-01-01T00:00:00Z");
  });
  await t.step("a client's", async () => {
    await using daemon = await daemonWith(await serverWith({ usages: ["clientAuth"] }));
    assertStringIncludes(await told(daemon), "its extended key usage lacks serverAuth");
  });
  await t.step("another host, by name and by address", async () => {
    await using daemon = await daemonWith(await serverWith({ hosts: ["paas.example.org"] }));
    for (const host of hosts) {
      assertEquals(
        await told({ host, port: daemon.port }),
        `cannot connect to SERVER: the server's certificate is for DNS:paas.example.org, not for '${host}' (check --server)`,
      );
    }
  });
});

Deno.test("diagnose() tells what is wrong with the client's certificate", async (t) => {
  await using daemon = await daemonWith(server);
  const { port } = daemon;
  const clientWith = (options: Partial<Parameters<typeof clientCa.issue>[0]>) =>
    clientCa.issue({ commonName: "client", usages: ["clientAuth"], ...options });
  const refused = "cannot connect to SERVER: the daemon refused the client certificate client.crt:";

  await t.step("another CA", async () => {
    const { client: stranger } = await makeCertificates();
    assertEquals(
      await told({ port, own: stranger }),
      `${refused} it does not trust the CA that signed it, or has revoked it (check --cert)`,
    );
  });
  await t.step("expired", async () => {
    assertStringIncludes(
      await told({ port, own: await clientWith(past) }),
      `${refused} it expired at 2021-01-01T00:00:00Z`,
    );
  });
  await t.step("not valid yet", async () => {
    assertStringIncludes(await told({ port, own: await clientWith(future) }), `${refused} it is not valid before 2090`);
  });
  await t.step("a server's", async () => {
    assertStringIncludes(
      await told({ port, own: await clientWith({ usages: ["serverAuth"] }) }),
      `${refused} its extended key usage lacks clientAuth`,
    );
  });
  await t.step("without usage, where the daemon refuses that", async () => {
    // As the daemon does: the runtime lets it in, the front door does not.
    await using strict = await daemonWith(server);
    strict.server.prependListener("secureConnection", (socket: TLSSocket) => socket.destroy());
    assertStringIncludes(
      await told({ port: strict.port, own: await clientWith({ usages: [] }) }),
      `${refused} it has no extended key usage`,
    );
  });
  await t.step("nothing", async () => {
    assertStringIncludes(await told({ port }), "the daemon answers now; try again");
  });
});

Deno.test("diagnose() tells which file is no good, without asking anybody", async () => {
  const other = await clientCa.issue({ commonName: "other", usages: ["clientAuth"] });
  const port = 1;
  assertEquals(
    await told({ port, ca: "junk" }),
    "the server CA ca.crt holds no PEM certificate (--ca, PAASC_CA)",
  );
  assertEquals(
    await told({ port, own: { ...client, cert: client.key } }),
    "the client certificate client.crt is no PEM certificate (--cert, PAASC_CERT)",
  );
  assertEquals(
    await told({ port, own: { ...client, key: "" } }),
    "the private key client.key is no PEM private key, or needs a passphrase (--key, PAASC_KEY)",
  );
  assertEquals(
    await told({ port, own: { ...client, key: other.key } }),
    "the private key client.key does not belong to the client certificate client.crt (--key, --cert)",
  );
});
