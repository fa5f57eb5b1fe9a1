import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { until } from "../../tests/support/until.ts";
import { FiguresServer, type Page } from "./figures_server.ts";

/** A server of a page. */
class Scene implements Disposable {
  readonly failures: unknown[] = [];
  server!: FiguresServer;
  made = 0;

  static async open(text = () => Promise.resolve("a 1\n")): Promise<Scene> {
    const scene = new Scene();
    const page: Page = { type: "text/x", text: () => (scene.made++, text()) };
    const failed = (error: unknown) => scene.failures.push(error);
    scene.server = await FiguresServer.open({ host: "127.0.0.1", port: 0 }, page, failed);
    return scene;
  }

  connect(): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port: this.server.address.port });
  }

  /** All that is answered to some text, until the connection ends. */
  async answer(text: string): Promise<string> {
    using connection = await this.connect();
    await connection.write(new TextEncoder().encode(text));
    return await received(connection);
  }

  get(path: string): Promise<string> {
    return this.answer(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  [Symbol.dispose](): void {
    this.server[Symbol.dispose]();
  }
}

/** All that comes from a connection until its end. */
async function received(connection: Deno.TcpConn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(4_096);
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return text;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
}

Deno.test("FiguresServer answers GET and HEAD of its page, and closes the connection", async () => {
  using scene = await Scene.open();
  const answer = await scene.get("/metrics");
  assertMatch(answer, /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/x\r\nContent-Length: 4\r\n/);
  assertStringIncludes(answer, "Connection: close");
  assert(answer.endsWith("\r\n\r\na 1\n"));
  const head = await scene.answer("HEAD /metrics?a=b HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assertStringIncludes(head, "Content-Length: 4\r\n");
  assert(head.endsWith("\r\n\r\n"));
});

Deno.test("FiguresServer answers health by the state of the daemon", async () => {
  using scene = await Scene.open();
  assertMatch(await scene.get("/healthz"), /^HTTP\/1\.1 503 [^]*\r\n\r\nstarting\n$/);
  scene.server.state = "serving";
  assertMatch(await scene.get("/healthz"), /^HTTP\/1\.1 200 [^]*\r\n\r\nserving\n$/);
  scene.server.state = "shutting down";
  assertMatch(await scene.get("/healthz"), /^HTTP\/1\.1 503 [^]*\r\n\r\nshutting down\n$/);
  assertEquals(scene.made, 0);
});

Deno.test("FiguresServer answers nothing else", async () => {
  using scene = await Scene.open();
  for (const path of ["/", "/metric", "/metrics/", "/../metrics", "//metrics", "/%6detrics", "http://a/metrics"]) {
    assertMatch(await scene.get(path), /^HTTP\/1\.1 404 /, path);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    assertMatch(
      await scene.answer(`${method} /metrics HTTP/1.1\r\nHost: a\r\n\r\n`),
      /^HTTP\/1\.1 405 [^]*Allow: GET, HEAD\r\n/,
    );
  }
  const long = "a".repeat(20_000);
  for (const text of ["garbage", "\0", "GET /metrics HTTP/1.1", `GET /metrics HTTP/1.1\r\nHost: a\r\nA: ${long}`]) {
    assertMatch(await scene.answer(`${text}\r\n\r\n`), /^(HTTP\/1\.1 400 [^]*)?$/, text.slice(0, 30));
  }
  assertEquals(scene.made, 0);
});

Deno.test("FiguresServer serves one request of a connection, and no more that come with it", async () => {
  using scene = await Scene.open();
  const many = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500);
  assert((await scene.answer(many)).split("HTTP/1.1 ").length <= 2);
});

Deno.test("FiguresServer takes a request that comes byte by byte", async () => {
  using scene = await Scene.open();
  using connection = await scene.connect();
  for (const byte of new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")) {
    await connection.write(new Uint8Array([byte]));
  }
  assertMatch(await received(connection), /^HTTP\/1\.1 200 /);
});

Deno.test("FiguresServer makes its page once for all who ask at a time", async () => {
  using scene = await Scene.open();
  const answers = await Promise.all(Array.from({ length: 8 }, () => scene.get("/metrics")));
  assertEquals(new Set(answers).size, 1);
  assert(scene.made <= 2, `${scene.made} times`); // a slow machine may take more than a second
  await until("it makes a new one later", async () => {
    const { made } = scene;
    await scene.get("/metrics");
    return scene.made > made;
  });
});

Deno.test("FiguresServer reports a page that cannot be made, and shows nothing of the reason", async () => {
  using scene = await Scene.open(() => Promise.reject(new Error("secret")));
  const answer = await scene.get("/metrics");
  assertMatch(answer, /^HTTP\/1\.1 500 /);
  assert(!answer.includes("secret"));
  assertEquals(scene.failures.map((error) => (error as Error).message), ["secret"]);
});

Deno.test("FiguresServer drops the oldest of many silent connections, so that the next one is answered", async () => {
  using scene = await Scene.open();
  const silent: Deno.TcpConn[] = [];
  for (let number = 0; number < 40; number++) silent.push(await scene.connect());
  assertMatch(await scene.get("/metrics"), /^HTTP\/1\.1 200 /);
  assertEquals(await received(silent[0]!), "");
  await Promise.all(silent.map(received)); // the others end by themselves
  for (const connection of silent) connection.close();
});
