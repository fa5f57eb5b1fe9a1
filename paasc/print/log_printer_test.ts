import type { LogMessage, LogPiece } from "@paas/proto/log_wire";
import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { PaasError } from "../errors.ts";
import { CUT } from "../streams/log_gap.ts";
import { type LogForm, LogPrinter } from "./log_printer.ts";
import { Printed } from "../../tests/support/paasc/printed.ts";

const plain: LogForm = { output: "text", timestamps: false, split: false };
const [out, err] = [1, 2];

/** Makes messages of one piece each. */
function messages(...pieces: [stream: number, text: string, second?: number][]): LogMessage[] {
  let offset = 0;
  return pieces.map(([stream, text, second = 0]) => {
    const data = Buffer.from(text);
    const piece: LogPiece = { offset, stream, data, partial: false, time: { seconds: second, nanos: 1_999_999 } };
    offset += data.length;
    return { pieces: [piece] };
  });
}

/** Prints messages. */
async function printed(form: Partial<LogForm>, messages: LogMessage[]) {
  const [stdout, stderr, notes] = [new Printed(), new Printed(), [] as string[]];
  const log = new LogPrinter(stdout, stderr, { ...plain, ...form }, (text) => notes.push(text));
  for (const message of messages) await log.print(message);
  return { stdout: stdout.text, stderr: stderr.text, notes };
}

Deno.test("LogPrinter prints the pieces of a message in one write", async () => {
  let writes = 0;
  const stdout = { write: (bytes: Uint8Array) => Promise.resolve((writes++, bytes.length)) };
  const log = new LogPrinter(stdout, new Printed(), plain, () => {});
  await log.print({ pieces: messages([out, "a\n"], [err, "b\n"], [out, "c"]).flatMap(({ pieces }) => pieces) });
  assertEquals([writes, log.account.position, log.account.complete], [1, 5, false]);
});

Deno.test("LogPrinter puts the time before each line, and breaks off the line of another stream", async () => {
  const at = (second: number) => `1970-01-01T00:00:0${second}.001Z `;
  const mixed = messages(
    [out, "a\n\nb", 1],
    [out, "b\n", 2],
    [out, "prompt> ", 3],
    [err, "oops\n", 4],
    [out, "yes\n", 5],
    [err, "", 6],
    [err, "end", 7],
  );
  const lines = `${at(1)}a\n${at(1)}\n${at(1)}bb\n${at(3)}prompt> \n${at(4)}oops\n${at(5)}yes\n${at(7)}end`;
  for (const form of [mixed, [{ pieces: mixed.flatMap(({ pieces }) => pieces) }]]) {
    assertEquals((await printed({ timestamps: true }, form)).stdout, lines);
    assertEquals(await printed({ timestamps: true, split: true }, form), {
      stdout: `${at(1)}a\n${at(1)}\n${at(1)}bb\n${at(3)}prompt> yes\n`,
      stderr: `${at(4)}oops\n${at(7)}end`,
      notes: [],
    });
  }
});

Deno.test("LogPrinter prints stderr to stderr if the form says so", async () => {
  const mixed = messages([out, "a"], [err, "\xff"], [out, "b\n"], [0, "c"]);
  assertEquals(await printed({ split: true }, mixed), { stdout: "ab\nc", stderr: "\xff", notes: [] });
});

Deno.test("LogPrinter keeps the order of stdout and stderr, which may be the same file", async () => {
  const both = new Printed();
  const log = new LogPrinter(both, both, { ...plain, split: true }, () => {});
  const mixed = messages([out, "Compiling... "], [err, "warning: x\n"], [out, "do"], [out, "ne\n"], [err, "bye\n"]);
  await log.print({ pieces: mixed.flatMap(({ pieces }) => pieces) });
  assertEquals(both.text, "Compiling... warning: x\ndone\nbye\n");
});

Deno.test("LogPrinter counts gaps, and reports those with requested bytes", async () => {
  const gapped: LogMessage[] = [
    { pieces: [], gap: { from: 0, to: 3, reason: "LOG_GAP_REASON_NOT_REQUESTED" } },
    { pieces: [{ offset: 3, stream: out, data: Buffer.from("a\n"), time: undefined, partial: true }] },
    { pieces: [], gap: { from: 5, to: 7, reason: "LOG_GAP_REASON_DROPPED", lines: 2 } },
    { pieces: [], gap: { from: 7, to: 8, reason: "LOG_GAP_REASON_DROPPED" } },
    {
      pieces: [],
      gap: { from: 8, to: 9, reason: "LOG_GAP_REASON_SKIPPED" },
      end: { bytes: 9, lines: 2, status: null, mayBeCut: false, matched: false },
    },
  ];
  assertEquals(await printed({}, gapped), {
    stdout: "a\n",
    stderr: "",
    notes: [
      "2 lines (2 bytes, bytes 5 to 7) are missing: the daemon keeps only the newest part of a log",
      "1 byte (bytes 7 to 8) is missing: the daemon keeps only the newest part of a log",
      "1 byte (bytes 8 to 9) is missing: this reader was more than 4 MiB behind, and --on-slow is skip",
    ],
  });
  const { stdout, notes } = await printed({ output: "json" }, gapped);
  assertEquals([stdout.trimEnd().split("\n").map((line) => JSON.parse(line)), notes], [[
    { offset: 3, stream: "stdout", data: "YQo=", partial: true },
    { gap: { from: 5, to: 7, reason: "dropped", lines: 2 } },
    { gap: { from: 7, to: 8, reason: "dropped" } },
    { gap: { from: 8, to: 9, reason: "skipped" } },
    { end: { bytes: 9, lines: 2 } },
  ], []]);
});

Deno.test("LogPrinter says why a log is, or may be, incomplete", async () => {
  const log = new LogPrinter(new Printed(), new Printed(), plain, () => {});
  await log.print({ pieces: [], gap: { from: 0, to: 2_000, reason: "LOG_GAP_REASON_DROPPED" } });
  assertEquals(log.shortfall, undefined);
  await log.print({ pieces: [], gap: { from: 2_000, to: 3_000, reason: "LOG_GAP_REASON_DAMAGED" } });
  assertEquals(log.shortfall, "the log is incomplete: 1.0 kB of it are damaged on the daemon's disk");
  const cut: LogMessage = { pieces: [], end: { bytes: 0, lines: 0, status: null, mayBeCut: true, matched: false } };
  const other = new LogPrinter(new Printed(), new Printed(), plain, () => {});
  await other.print(cut);
  assertEquals(other.shortfall, CUT);
  assertEquals(JSON.parse((await printed({ output: "json" }, [cut])).stdout), {
    end: { bytes: 0, lines: 0, mayBeCut: true },
  });
});

Deno.test("LogPrinter begins a new line with its time after missing bytes", async () => {
  const [one, , three] = messages([out, "one", 1], [err, "twotwo", 2], [out, "three\n", 3]);
  const missing = (reason: "LOG_GAP_REASON_SKIPPED" | "LOG_GAP_REASON_NOT_REQUESTED") =>
    [one!, { ...three!, gap: { from: 3, to: 9, reason } }] satisfies LogMessage[];
  const at = (second: number) => `1970-01-01T00:00:0${second}.001Z `;
  for (const split of [false, true]) {
    const { stdout } = await printed({ timestamps: true, split }, missing("LOG_GAP_REASON_SKIPPED"));
    assertEquals(stdout, `${at(1)}one\n${at(3)}three\n`);
  }
  const { stdout } = await printed({ timestamps: true }, missing("LOG_GAP_REASON_NOT_REQUESTED"));
  assertEquals(stdout, `${at(1)}onethree\n`); // of the other stream, and the line goes on
  assertEquals((await printed({}, missing("LOG_GAP_REASON_SKIPPED"))).stdout, "onethree\n");
});

Deno.test("LogPrinter refuses a message that does not continue the log, and prints nothing of it", async () => {
  const reason = "LOG_GAP_REASON_NOT_REQUESTED";
  const [first] = messages([out, "abc"]);
  for (
    const message of [
      { pieces: first!.pieces, gap: undefined }, // a repeat
      { pieces: [], gap: { from: 4, to: 5, reason } },
      { pieces: [], gap: { from: 2, to: 5, reason } },
      { pieces: [], gap: { from: 3, to: 2, reason } },
      { pieces: [], end: { bytes: 4, lines: 1, status: null, mayBeCut: false, matched: false } },
    ] satisfies LogMessage[]
  ) {
    const stdout = new Printed();
    const log = new LogPrinter(stdout, stdout, plain, () => {});
    await log.print(first!);
    assertEquals((await assertRejects(() => log.print(message), PaasError)).code, "incomplete");
    assertEquals([stdout.text, log.account.position, log.account.complete], ["abc", 3, false]);
  }
});

Deno.test("LogPrinter separates lines that are not adjacent, if the form says so", async () => {
  const [first, second, third] = messages([out, "one\n"], [out, "two\n"], [out, "three\n"]);
  const gap = { from: 4, to: 8, reason: "LOG_GAP_REASON_NOT_REQUESTED" as const };
  const apart = [first!, { ...third!, gap }];
  assertEquals((await printed({ groups: true }, apart)).stdout, "one\n--\nthree\n");
  assertEquals((await printed({}, apart)).stdout, "one\nthree\n");
  assertEquals((await printed({ groups: true }, [first!, second!, third!])).stdout, "one\ntwo\nthree\n");
  const begin = { from: 0, to: 4, reason: "LOG_GAP_REASON_NOT_REQUESTED" as const };
  assertEquals((await printed({ groups: true }, [{ ...second!, gap: begin }])).stdout, "two\n");
});

Deno.test("LogPrinter puts the fields that it is given first in each object of JSON", async () => {
  const stdout = new Printed();
  const log = new LogPrinter(stdout, stdout, { ...plain, output: "json" }, () => {}, { id: "1", name: "web" });
  for (const message of messages([out, "one\n"])) await log.print(message);
  assertEquals(stdout.text.startsWith('{"id":"1","name":"web","offset":0,'), true, stdout.text);
});
