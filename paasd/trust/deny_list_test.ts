import { assertEquals, assertThrows } from "@std/assert";
import { parseDenyList } from "./deny_list.ts";
import { StartError } from "../errors.ts";

const id = "0f".repeat(32);

Deno.test("parseDenyList() reads fingerprints with and without colons, and comments", () => {
  const colons = id.toUpperCase().match(/../g)!.join(":");
  const other = "ab".repeat(32);
  const text = `# all that are lost\r\n\n  ${colons}  # alice\r\n${other}`;
  assertEquals([...parseDenyList(text, "denied")], [id, other]);
  assertEquals(parseDenyList("", "denied").size, 0);
});

Deno.test("parseDenyList() refuses whatever else, so that a list that was cut short does not count", () => {
  for (const line of [id.slice(1), `${id}0`, id.replace("0", "g"), "alice", `${id} ${id}`, "0"]) {
    assertThrows(() => parseDenyList(`${id}\n${line}\n`, "denied"), StartError, "line 2 of denied");
  }
});
