import { assertEquals, assertRejects } from "@std/assert";
import { ExitError, exitReason } from "../exit.ts";
import { Printed } from "../../tests/support/paasc/printed.ts";
import { until } from "../../tests/support/until.ts";
import { NamedOutput } from "./named_output.ts";
import { type Output, SharedOutput } from "./output.ts";

const encoder = new TextEncoder();
const write = (output: Output, text: string) => output.write(encoder.encode(text));

Deno.test("NamedOutput prints whole lines, however they come", async () => {
  const printed = new Printed();
  const shared = new SharedOutput(printed, "stdout");
  {
    await using web = new NamedOutput(shared, () => "web");
    await using db = new NamedOutput(shared, () => "db ");
    await write(web, "on");
    await write(db, "row 1\nro");
    await write(web, "e\n\ntwo\nth");
    await write(db, "w 2\n");
    await write(web, "ree");
  }
  assertEquals(printed.text, "db  | row 1\nweb | one\nweb | \nweb | two\ndb  | row 2\nweb | three\n");
});

Deno.test("NamedOutput prints an unfinished line after a pause, and marks the line that continues it", async () => {
  const printed = new Printed();
  await using web = new NamedOutput(printed, () => "web");
  await write(web, "name? ");
  await until("the prompt is printed", () => printed.text === "web | name? \n");
  await write(web, "alice\nhello\n");
  assertEquals(printed.text, "web | name? \nweb + alice\nweb | hello\n");
});

Deno.test("NamedOutput holds no more than a bounded part of a line back", async () => {
  const printed = new Printed();
  await using web = new NamedOutput(printed, () => "web");
  await write(web, "x".repeat(100_000));
  assertEquals(printed.text.length, 100_000 + "web | \n".length);
});

Deno.test("SharedOutput prints one text after the other, and passes on that the reader has gone", async () => {
  const writes: string[] = [];
  const slow: Output = {
    async write(bytes) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      writes.push(new TextDecoder().decode(bytes.subarray(0, 2)));
      return Math.min(2, bytes.length);
    },
  };
  const shared = new SharedOutput(slow, "stdout");
  await Promise.all([write(shared, "abcd"), write(shared, "efg")]);
  assertEquals(writes, ["ab", "cd", "ef", "g"]);
  const gone = new SharedOutput({ write: () => Promise.reject(new Deno.errors.BrokenPipe()) }, "stdout");
  const web = new NamedOutput(gone, () => "web");
  const error = await assertRejects(() => write(web, "one\n"), ExitError);
  assertEquals(exitReason(error), "output-closed");
});
