import { assertEquals } from "@std/assert";
import type { ProcessStatus__Output } from "@paas/proto";
import { RUNNING } from "../../tests/support/client/running_status.ts";
import { ID } from "../../tests/support/stand_in_daemon.ts";
import { parseTemplate } from "./process_template.ts";

const process: ProcessStatus__Output = {
  ...RUNNING,
  state: "PROCESS_STATE_FINISHED",
  exit: "exitCode",
  exitCode: 3,
  finishTime: { seconds: 190, nanos: 0 },
  endReason: "END_REASON_EXITED",
  args: ["sh", "-c", "exit 3"],
  labels: { team: "red\tor\x1b blue" },
};

Deno.test("parseTemplate() fills in what is known of a process, without control characters", () => {
  const line = (text: string) => parseTemplate(text)?.(process, 0);
  assertEquals(
    line(String.raw`{{.ID}}\t{{.Names}} {{ .State }} {{.ExitCode}} {{.Signal}} {{.Duration}} {{.Command}}`),
    `${ID}\t- finished 3 - 1m30s sh -c 'exit 3'\n`,
  );
  assertEquals(
    line('{{.Label "team"}}|{{.Label "none"}}|{{.Label "constructor"}}|$(x) {}'),
    "red\\u0009or\\u001b blue|-|-|$(x) {}\n",
  );
  assertEquals(JSON.parse(line("{{json .}}")!).id, ID);
  assertEquals(line("json"), line("{{json .}}"));
});

Deno.test("parseTemplate() refuses placeholders that it does not know", () => {
  for (const text of ["{{.Nope}}", "{{ID}}", "{{.ID", "{{.constructor}}", "{{range .}}", "{{.Label team}}", "{{}}"]) {
    assertEquals(parseTemplate(text), undefined, text);
  }
});
