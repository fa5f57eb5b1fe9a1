/**
 * What clients do that mean harm, or know no better. The connection of one who floods may end; the daemon lives, others
 * notice nothing, and what it took comes back.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type ServiceError, status } from "@paas/proto/grpc";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import net from "node:net";
import {
  ACK,
  callHeaders,
  END_HEADERS,
  END_STREAM,
  frame,
  headerBlock,
  message,
  RawConnection,
  setting,
  TYPE,
  uint32,
} from "../support/wire/http2_frames.ts";
import { answer, failure } from "../support/realm.ts";
import { RunningDaemon } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

/** What the runtime keeps before it collects garbage: a leak of 1 KiB for each of the 200,000 frames would be more. */
const MAX_GROWTH_MIB = 150;
const MAX_STREAMS = 300;
const INITIAL_WINDOW_SIZE = 4;

/** The same frame so many times. */
const times = (count: number, bytes: Uint8Array) => Buffer.concat(Array(count).fill(bytes));
/** The ids of streams that a client opens. */
const odd = (index: number) => 2 * index + 1;

/** A user who works, and whose calls must be right whatever others do. */
class Work implements AsyncDisposable {
  readonly #client: RawClient;
  readonly #over = new AbortController();
  #working!: Promise<void>;
  calls = 0;

  private constructor(daemon: RunningDaemon) {
    this.#client = new RawClient(daemon, { as: "bob" });
  }

  static async on(daemon: RunningDaemon): Promise<Work> {
    const work = new Work(daemon);
    const id = await work.#client.exec(["cat"], { stdin: true });
    work.#working = (async () => {
      while (!work.#over.signal.aborted) {
        assertEquals((await work.#client.status(id)).state, "PROCESS_STATE_RUNNING");
        const log = work.#client.logs(await work.#client.exec(["echo", "right"]));
        await log.end;
        assertEquals(log.text, "right\n");
        work.calls++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    work.#working.catch(() => {}); // it is told at the end
    return work;
  }

  /** Waits until some more has been done. */
  async goesOn(): Promise<void> {
    const { calls } = this;
    await until("the other user's calls go on", async () => {
      await Promise.race([this.#working, Promise.resolve()]);
      return this.calls >= calls + 3;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    try {
      await this.#working;
    } finally {
      await this.#client[Symbol.asyncDispose]();
    }
  }
}

/** Each flood, on a connection of its own with a good certificate. */
const FLOODS: Record<string, (daemon: RunningDaemon) => Promise<RawConnection>> = {
  "streams that are reset at once (CVE-2023-44487)": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(200, (batch) =>
      Buffer.concat(Array.from({ length: 100 }, (_, index) => {
        const stream = odd(100 * batch + index);
        const reset = frame(TYPE.RST_STREAM, 0, stream, uint32(8));
        return Buffer.concat([frame(TYPE.HEADERS, END_HEADERS, stream, callHeaders("GetStatus")), reset]);
      })));
    return connection;
  },
  "calls that are reset at once": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(200, (batch) =>
      Buffer.concat(Array.from({ length: 100 }, (_, index) => {
        const stream = odd(100 * batch + index);
        return Buffer.concat([
          frame(TYPE.HEADERS, END_HEADERS, stream, callHeaders("Watch")),
          frame(TYPE.DATA, END_STREAM, stream, message(Buffer.alloc(0))),
          frame(TYPE.RST_STREAM, 0, stream, uint32(8)),
        ]);
      })));
    return connection;
  },
  "PING whose answers nobody reads": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    connection.pause();
    await connection.flood(100, () => times(1_000, frame(TYPE.PING, 0, 0, Buffer.alloc(8))));
    return connection;
  },
  "PING": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(100, () => times(500, frame(TYPE.PING, 0, 0, Buffer.alloc(8))));
    return connection;
  },
  "SETTINGS": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    const settings = frame(TYPE.SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 1_000));
    await connection.flood(100, () => times(500, settings));
    return connection;
  },
  "answers to SETTINGS that were never sent": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(100, () => times(500, frame(TYPE.SETTINGS, ACK, 0)));
    return connection;
  },
  "CONTINUATION without end (CVE-2024-27983)": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.send(frame(TYPE.HEADERS, 0, 1, callHeaders("GetStatus")));
    const more = headerBlock({ "x-filler": "x".repeat(15_000) });
    await connection.flood(2_000, () => frame(TYPE.CONTINUATION, 0, 1, more));
    return connection;
  },
  "CONTINUATION without content": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.send(frame(TYPE.HEADERS, 0, 1, callHeaders("GetStatus")));
    await connection.flood(100, () => times(1_000, frame(TYPE.CONTINUATION, 0, 1)));
    return connection;
  },
  "headers of megabytes": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(20, (call) => {
      const more = headerBlock({ "x-filler": "x".repeat(16_000) });
      return Buffer.concat([
        frame(TYPE.HEADERS, 0, odd(call), callHeaders("GetStatus")),
        times(200, frame(TYPE.CONTINUATION, 0, odd(call), more)),
        frame(TYPE.CONTINUATION, END_HEADERS, odd(call)),
      ]);
    });
    return connection;
  },
  "very many headers": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    const more = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`x-${index}`, "1"]));
    await connection.flood(
      50,
      (call) => frame(TYPE.HEADERS, END_HEADERS | END_STREAM, odd(call), callHeaders("GetStatus", more)),
    );
    return connection;
  },
  "messages that claim 4 GiB": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(500, (call) =>
      Buffer.concat([
        frame(TYPE.HEADERS, END_HEADERS, odd(call), callHeaders("GetStatus")),
        frame(TYPE.DATA, 0, odd(call), Buffer.from([0, 255, 255, 255, 255])),
      ]));
    return connection;
  },
  "messages that claim 4 MiB and do not come": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(500, (call) =>
      Buffer.concat([
        frame(TYPE.HEADERS, END_HEADERS, odd(call), callHeaders("GetStatus")),
        frame(TYPE.DATA, 0, odd(call), Buffer.from([0, 0, 0x3f, 255, 255, 1, 2, 3])),
      ]));
    return connection;
  },
  "DATA of one byte": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.send(frame(TYPE.HEADERS, END_HEADERS, 1, callHeaders("GetStatus")));
    await connection.send(frame(TYPE.DATA, 0, 1, Buffer.from([0, 0, 0x3f, 255, 255])));
    await connection.flood(60, () => times(1_000, frame(TYPE.DATA, 0, 1, Buffer.from([7]))));
    return connection;
  },
  "DATA of nothing": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.send(frame(TYPE.HEADERS, END_HEADERS, 1, callHeaders("GetStatus")));
    await connection.flood(100, () => times(1_000, frame(TYPE.DATA, 0, 1)));
    return connection;
  },
  "a window of zero": async (daemon) => {
    const connection = await RawConnection.open(daemon, { settings: setting(INITIAL_WINDOW_SIZE, 0) });
    await connection.flood(1_000, (call) =>
      Buffer.concat([
        frame(TYPE.HEADERS, END_HEADERS, odd(call), callHeaders("List")),
        frame(TYPE.DATA, END_STREAM, odd(call), message(Buffer.alloc(0))),
      ]));
    return connection;
  },
  "WINDOW_UPDATE by one": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(100, () => times(1_000, frame(TYPE.WINDOW_UPDATE, 0, 0, uint32(1))));
    return connection;
  },
  "WINDOW_UPDATE by zero, and beyond the largest": async (daemon) => {
    using zero = await RawConnection.open(daemon);
    await zero.send(frame(TYPE.WINDOW_UPDATE, 0, 0, uint32(0)));
    await until("that connection is closed", () => zero.closed);
    const connection = await RawConnection.open(daemon);
    await connection.send(times(3, frame(TYPE.WINDOW_UPDATE, 0, 0, uint32(0x7fffffff))));
    await until("this connection is closed", () => connection.closed);
    return connection;
  },
  "GOAWAY, and still more calls": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    const goaway = frame(TYPE.GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(0)]));
    await connection.flood(200, (call) =>
      Buffer.concat([
        goaway,
        frame(TYPE.HEADERS, END_HEADERS | END_STREAM, odd(call), callHeaders("List")),
      ]));
    return connection;
  },
  "frames of types and flags at random": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(500, () => {
      const [type, flags, stream, ...payload] = randomBytes(64);
      return frame(type! % 16, flags!, stream! % 32, Buffer.from(payload));
    });
    return connection;
  },
  "garbage": async (daemon) => {
    const connection = await RawConnection.open(daemon);
    await connection.flood(100, () => randomBytes(16_384));
    return connection;
  },
};

Deno.test("paasd outlives what a user can send in HTTP/2, nobody else notices, and everything comes back", async (t) => {
  await using daemon = await RunningDaemon.start(["--max-streams-per-user", String(MAX_STREAMS)]);
  await using work = await Work.on(daemon);
  await work.goesOn();
  const descriptors = daemon.descriptors();
  const all = async (step: (name: string, flood: () => Promise<void>) => unknown) => {
    for (const [name, flood] of Object.entries(FLOODS)) {
      await step(name, async () => {
        using _connection = await flood(daemon);
        await work.goesOn();
      });
    }
  };
  await all((name, flood) => t.step(name, flood));
  const warm = await daemon.residentSize();
  await all((_name, flood) => flood());

  const growth = await daemon.residentSize() - warm;
  assert(growth <= MAX_GROWTH_MIB, `it has grown by ${growth} MiB`);
  await until("descriptors are back", () => daemon.descriptors() <= descriptors + 10);
  assert(!daemon.log.includes("unforeseen"), /^.*unforeseen.*$/m.exec(daemon.log)?.[0]);
  await t.step("no call is counted any more: its user has all that a user may have", async () => {
    await using client = new RawClient(daemon);
    const watches = Array.from({ length: MAX_STREAMS }, () => client.service.Watch({}));
    const ends = watches.map((watch) => new Promise<ServiceError>((resolve) => watch.on("error", resolve)));
    const ended = Promise.race(ends);
    await until("one call more is refused", async () => {
      const error = await failure(client.status(crypto.randomUUID()));
      if (error.code !== status.RESOURCE_EXHAUSTED) return false;
      assertMatch(
        error.details,
        /^You have 300 calls open, as much as the daemon's --max-streams-per-user allows: end/,
      );
      return true;
    });
    assertEquals(await Promise.race([ended, Promise.resolve("all are open")]), "all are open");
    watches[0]!.cancel();
    await until("there is room for another one", async () => {
      return (await failure(client.status(crypto.randomUUID()))).code === status.NOT_FOUND;
    });
    for (const watch of watches) watch.cancel();
    await Promise.all(ends);
  });
});

/** Connections of nobody, which the daemon must close by itself. */
const STRANGERS: Record<string, (socket: net.Socket) => void> = {
  "silence": () => {},
  "a TLS handshake byte by byte": (socket) => {
    // The head of a ClientHello of 512 bytes (RFC 8446, section 4).
    const hello = Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), Buffer.alloc(500)]);
    let at = 0;
    const timer = setInterval(() => at < hello.length && socket.write(hello.subarray(at, ++at)), 20);
    socket.on("close", () => clearInterval(timer));
  },
  "a TLS record that claims more than comes": (socket) => socket.write(Buffer.from([22, 3, 1, 64, 0, 1, 0])),
  "garbage": (socket) => socket.write(randomBytes(4_096)),
  "HTTP/2 without TLS": (socket) => socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
};

Deno.test("paasd closes connections that do not show a certificate in time, however they go about it", async (t) => {
  await using daemon = await RunningDaemon.start(["--handshake-timeout", "3s"]);
  await using work = await Work.on(daemon);
  await work.goesOn();
  const descriptors = daemon.descriptors();
  for (const [name, behave] of Object.entries(STRANGERS)) {
    await t.step(name, async () => {
      let closed = 0;
      for (let number = 0; number < 50; number++) {
        const socket = net.connect(daemon.port, "127.0.0.1").on("error", () => {}).resume();
        socket.on("connect", () => behave(socket));
        socket.on("end", () => socket.destroy());
        socket.on("close", () => closed++);
      }
      await until("the daemon has closed all of them", () => closed === 50);
      await work.goesOn();
    });
  }
  await until("descriptors are back", () => daemon.descriptors() <= descriptors + 10);
  assert(!daemon.log.includes("unforeseen"), /^.*unforeseen.*$/m.exec(daemon.log)?.[0]);
});

Deno.test("paasd that had no descriptors left is not deaf when there are some, and its users learn why", async () => {
  // More connections than it has descriptors: as if other things had taken these.
  const flags = ["--max-connections", "1000", "--max-connections-per-address", "1000", "--max-processes-per-user", "9"];
  await using daemon = await RunningDaemon.start(flags, {}, { descriptors: 256 });
  await using client = new RawClient(daemon);
  const [id, other] = [await client.exec(["true"]), await client.exec(["true"])];
  for (const finished of [id, other]) await client.untilFinished(finished);
  const sockets = Array.from({ length: 300 }, () => net.connect(daemon.port, "127.0.0.1").on("error", () => {}));
  try {
    await until("there are no descriptors left", () => daemon.descriptors() >= 256);
    assertEquals((await client.status(id)).exitCode, 0);
    assertEquals((await failure(client.exec(["true"]))).code, status.RESOURCE_EXHAUSTED);
    // To remove a directory takes a descriptor; and to tell of an unforeseen error must not take one.
    const removal = await failure(answer((callback) => client.service.Remove({ processId: id }, callback)));
    assertEquals([status.INTERNAL, status.RESOURCE_EXHAUSTED].includes(removal.code), true, removal.message);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  await using bob = new RawClient(daemon, { as: "bob" });
  await until("it hears again", async () => await bob.exec(["true"]).then(() => true, () => false));
  assertEquals((await client.status(other)).exitCode, 0);
});

Deno.test("paasd with few descriptors keeps some back for itself, whoever comes", async () => {
  await using daemon = await RunningDaemon.start([], {}, { descriptors: 256 });
  assertMatch(daemon.log, / limits descriptors=256 maxConnections=48 maxConnectionsPerAddress=36 /);
  const sockets = Array.from(
    { length: 300 },
    () => net.connect(daemon.port, "127.0.0.1").on("error", () => {}).resume(),
  );
  let closed = 0;
  for (const socket of sockets) socket.on("end", () => socket.destroy()).on("close", () => closed++);
  await until("those above the limit are closed", () => closed >= 300 - 36);
  await using client = new RawClient(daemon);
  await client.untilFinished(await client.exec(["true"]));
  for (const socket of sockets) socket.destroy();
});
