import type { ProcessStatus__Output } from "@paas/proto";
import { assertEquals } from "@std/assert";
import { RUNNING } from "../../tests/support/client/running_status.ts";
import { processLines, processTable } from "./process_table.ts";
import { ID } from "../../tests/support/stand_in_daemon.ts";

const running: ProcessStatus__Output = { ...RUNNING, args: ["sh", "-c", "a\tb\n"], name: "web" };
const exited: ProcessStatus__Output = {
  ...running,
  state: "PROCESS_STATE_FINISHED",
  exit: "exitCode",
  exitCode: 3,
  name: "",
  processId: `9${ID.slice(1)}`,
  args: ["sleep", "1"],
  startTime: { seconds: 40, nanos: 0 },
  finishTime: { seconds: 101, nanos: 0 },
};
const killed: ProcessStatus__Output = { ...exited, exit: "signal", exitCode: undefined, signal: 9 };

Deno.test("processLines() has one line for each process, whatever its arguments are", () => {
  assertEquals(
    processLines([running, exited, killed]),
    [
      `${ID}\tweb\trunning\t-\t1970-01-01T00:01:40.000Z\tsh -c $'a\\tb\\n'\n`,
      `9${ID.slice(1)}\t-\tfinished\t3\t1970-01-01T00:00:40.000Z\tsleep 1\n`,
      `9${ID.slice(1)}\t-\tfinished\tSIGKILL\t1970-01-01T00:00:40.000Z\tsleep 1\n`,
    ].join(""),
  );
  assertEquals(processLines([]), "");
});

Deno.test("processTable() shows short ids and ages, and no line longer than the terminal is wide", async () => {
  assertEquals(
    await processTable([running, exited], { columns: 200, now: 105_000 }),
    `ID        NAME  STATE     EXIT  STARTED  DURATION  COMMAND
2b5c0c4e  web   running   -     5s ago   5s        sh -c $'a\\tb\\n'
9b5c0c4e  -     finished  3     1m ago   1m1s      sleep 1
`,
  );
  const narrow = (await processTable([{ ...running, args: ["echo", "€".repeat(300)] }], { columns: 60, now: 105_000 }))
    .split("\n");
  assertEquals(narrow.map((line) => [...line].length), [57, 60, 0]);
  assertEquals(narrow[1]!.endsWith("€…"), true);
});

Deno.test("processTable() shows whole ids if short ones are not unique", async () => {
  const twin = { ...running, processId: `${ID.slice(0, -1)}f` };
  const ids = (await processTable([running, twin, exited], { columns: 200, now: 0 })).split("\n").map((line) =>
    line.split(" ")[0]
  );
  assertEquals(ids, ["ID", ID, twin.processId, "9b5c0c4e", ""]);
});

Deno.test("processLines() and processTable() show owners before the command if they are asked to", async () => {
  const owner = "ab".repeat(32);
  const alices = { ...running, args: ["sleep", "1"], owner, ownerSubject: "CN=alice\x1b[31m, O=A long organization" };
  assertEquals(processLines([alices], true).split("\t").slice(4), ["1970-01-01T00:01:40.000Z", owner, "sleep 1\n"]);
  assertEquals(
    await processTable([alices], { columns: 200, now: 105_000, allUsers: true }),
    `ID        NAME  STATE    EXIT  STARTED  DURATION  OWNER                           COMMAND
2b5c0c4e  web   running  -     5s ago   5s        abababab CN=alice\\u001b[31m, …  sleep 1
`,
  );
});

Deno.test("processLines() and processTable() escape control sequences and changes of direction", async () => {
  const text = "x\u202e\u200b\x9b\u{e0041}y";
  const odd = { ...running, args: ["sh", text], name: text, owner: "ab".repeat(32), ownerSubject: `CN=${text}` };
  for (
    const printed of [processLines([odd], true), await processTable([odd], { columns: 500, now: 0, allUsers: true })]
  ) {
    assertEquals(/[^\t\n -~]/.test(printed.replaceAll("…", "")), false, printed);
    assertEquals(printed.includes("\\u202e"), true, printed);
  }
});

Deno.test("processTable() counts columns, not characters", async () => {
  const wide = {
    ...running,
    processId: `1${ID}`,
    args: ["echo", "日本語".repeat(100)],
    owner: "ab".repeat(32),
    ownerSubject: "CN=山田太郎".repeat(5),
  };
  const marks = { ...running, processId: `3${ID}`, args: ["echo", `${"e\u0301".repeat(300)}`] };
  const endless = { ...running, args: ["echo", `a${"\u0301".repeat(100_000)}`] };
  const [, ofWide, ofMarks, ofEndless] =
    (await processTable([wide, marks, endless], { columns: 100, now: 0, allUsers: true })).split(
      "\n",
    );
  assertEquals(ofWide!.match(/\S+ CN=\S+… {2,}echo '(?:日|本|語)+…$/u) !== null, true, ofWide);
  // By Unicode's data these characters have two columns each, and a combining mark has none.
  const columns = (text: string) =>
    [...text.replace(/\p{M}/gu, "")].reduce((sum, each) => sum + (each > "\u2fff" ? 2 : 1), 0);
  for (const line of [ofWide!, ofMarks!]) assertEquals(columns(line) === 100 || columns(line) === 99, true, line);
  assertEquals(ofEndless!.length < 300, true);
});

Deno.test("processTable() cuts names and owners before anything else, and never the state", async () => {
  const long = { ...running, name: "n".repeat(63), owner: "ab".repeat(32), ownerSubject: "CN=bob" };
  for (const columns of [100, 80, 60, 40, 28]) {
    const table = await processTable([long, exited], { columns, now: 105_000, allUsers: columns >= 80 });
    const [, first, second, ...rest] = table.split("\n");
    assertEquals([/ {2}running( |$)/.test(first!), / {2}finished( |$)/.test(second!), rest], [true, true, [""]], table);
    for (const line of [first!, second!]) assertEquals([...line].length <= columns, true, line);
  }
  assertEquals((await processTable([long], { columns: 80, now: 105_000 })).includes("sh -c $'a\\tb\\n'\n"), true);
});

Deno.test("processTable() shows more columns, and whole ids, if asked to", async () => {
  const labelled = { ...running, labels: { team: "red", note: "a b" }, logBytes: 3_000_000 };
  assertEquals(
    await processTable([labelled], { columns: Infinity, now: 105_000, wide: true, whole: true }),
    `${"ID".padEnd(36)}  NAME  STATE    EXIT  STARTED  DURATION  PID  OUTPUT  LABELS               COMMAND
${ID}  web   running  -     5s ago   5s        7    2M      team=red 'note=a b'  sh -c $'a\\tb\\n'
`,
  );
});
