import { assert, assertEquals } from "@std/assert";
import { until } from "../../tests/support/until.ts";
import { InputFeed, type Piece } from "./input_feed.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function* from(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield bytes(text);
}

/** Takes pieces as the daemon does. */
class Taker {
  text = "";
  ended = false;
  readonly pieces: Piece[] = [];
  readonly send = (piece: Piece) => {
    this.pieces.push(piece);
    const rest = piece.input.subarray(this.text.length - piece.inputOffset);
    this.text += new TextDecoder().decode(rest);
    this.ended ||= piece.closeInput ?? false;
  };
}

Deno.test("InputFeed sends the bytes of its source and then closes the input", async () => {
  const feed = new InputFeed();
  const taker = new Taker();
  feed.connected({ taken: 0, closed: false }, taker.send);
  await feed.feed(from("one", "two"));
  assertEquals([taker.text, taker.ended], ["onetwo", false]);
  feed.close();
  assertEquals([taker.text, taker.ended], ["onetwo", true]);
  assertEquals(taker.pieces.map(({ inputOffset }) => inputOffset), [0, 3, 6]);
});

Deno.test("InputFeed keeps bytes until there is a connection", async () => {
  const feed = new InputFeed();
  const taker = new Taker();
  await feed.feed(from("early"));
  feed.close();
  feed.connected({ taken: 0, closed: false }, taker.send);
  assertEquals([taker.text, taker.ended], ["early", true]);
});

Deno.test("InputFeed repeats only the bytes that the daemon had not taken when the connection broke", async () => {
  const feed = new InputFeed();
  const first: Piece[] = [];
  feed.connected({ taken: 0, closed: false }, (piece) => first.push(piece));
  await feed.feed(from("one", "two", "three"));
  feed.close();
  feed.took({ taken: 3, closed: false });
  feed.disconnected();
  assertEquals(first.length, 4);
  const taker = new Taker();
  taker.text = "onet";
  feed.connected({ taken: 4, closed: false }, taker.send);
  assertEquals([taker.text, taker.ended, taker.pieces.length], ["onetwothree", true, 3]);
});

Deno.test("InputFeed makes its source wait while many bytes are on their way, and ends when the process takes no more", async () => {
  const feed = new InputFeed();
  let given = 0;
  async function* endless() {
    for (;;) {
      given += 1024 * 1024;
      yield new Uint8Array(1024 * 1024);
    }
  }
  let sent = 0;
  let largest = 0;
  feed.connected({ taken: 0, closed: false }, ({ input }) => {
    sent += input.length;
    largest = Math.max(largest, input.length);
  });
  const feeding = feed.feed(endless());
  let waiting: number[] = [];
  const untilWaiting = async () => {
    waiting = [];
    await until("it waits", () => waiting.unshift(sent) > 2 && waiting[0] === waiting[2]);
  };
  await untilWaiting();
  assert(sent > 16_000 && sent < 32_000 && given === 1024 * 1024, `${sent} bytes were sent before any was taken`);
  let untaken = sent;
  for (let round = 0; round < 8; round++) {
    const before = sent;
    feed.took({ taken: sent, closed: false });
    await untilWaiting();
    untaken = sent - before;
  }
  assert(untaken > 1024 * 1024, `${untaken} bytes are on their way though all is taken at once`);
  assert(untaken < 5 * 1024 * 1024 && largest <= 64 * 1024, `${untaken} bytes are on their way, in ${largest}`);
  feed.took({ taken: sent, closed: true });
  await feeding;
});
