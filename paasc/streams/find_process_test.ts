import { assertEquals, assertRejects } from "@std/assert";
import type { ListRequest__Output } from "@paas/proto";
import { connect } from "../connection/connect.ts";
import { PaasError } from "../errors.ts";
import { findProcess } from "./find_process.ts";
import { ID, TestDaemon } from "../../tests/support/stand_in_daemon.ts";

/** Starts a daemon with these processes, the newest first. */
function daemonWith(processes: [id: string, name: string][], requests: ListRequest__Output[] = []) {
  return TestDaemon.start({
    List({ request }, callback) {
      requests.push(request);
      const { name, idPrefix, pageSize } = request;
      const found = processes.filter(([id, its]) => (!name || its === name) && id.startsWith(idPrefix.toLowerCase()))
        .map(([processId, name]) => ({ processId, name }));
      callback(null, {
        processes: found.slice(0, pageSize),
        nextPageToken: found.length > pageSize ? "more" : "",
      });
    },
  });
}

async function find(word: string, daemon: TestDaemon): Promise<string> {
  using connected = await connect(daemon.files.settings(daemon.port));
  return await findProcess(connected, word);
}

const other = "2b5d0000-0000-4000-8000-000000000000";

Deno.test("findProcess() returns a whole id without a call", async () => {
  const requests: ListRequest__Output[] = [];
  await using daemon = await daemonWith([], requests);
  assertEquals([await find(ID, daemon), await find(ID.toUpperCase(), daemon)], [ID, ID.toUpperCase()]);
  assertEquals(requests, []);
});

Deno.test("findProcess() prefers a name to the beginning of an id, and the newest of a name", async () => {
  await using daemon = await daemonWith([[other, "2b5c"], [ID, "2b5c"], [ID, "web"]]);
  assertEquals(await find("2b5c", daemon), other);
  assertEquals(await find("web", daemon), ID);
});

Deno.test("findProcess() finds an id by a unique beginning", async () => {
  await using daemon = await daemonWith([[ID, ""], [other, "web"]]);
  assertEquals([await find("2b5c", daemon), await find("2B5D0000-0", daemon)], [ID, other]);
  const { code, message } = await assertRejects(() => find("2b5", daemon), PaasError);
  assertEquals([code, message], [
    "ambiguous",
    `'2b5' is the beginning of several ids, give more of it: ${ID}, ${other} (web)`,
  ]);
});

Deno.test("findProcess() refuses a name that is the shown beginning of another process's id", async () => {
  await using daemon = await daemonWith([[other, "2b5c0c4e"], [ID, "web"]]);
  const { code, message } = await assertRejects(() => find("2b5c0c4e", daemon), PaasError);
  assertEquals([code, message], [
    "ambiguous",
    `'2b5c0c4e' is the name of ${other} and the beginning of the id ${ID}: give the whole id`,
  ]);
  await using own = await daemonWith([[ID, "2b5c0c4e"]]);
  assertEquals(await find("2b5c0c4e", own), ID);
});

Deno.test("findProcess() lists only some of many candidates", async () => {
  const ids = Array.from({ length: 9 }, (_, index) => `${ID.slice(0, -1)}${index}`);
  await using daemon = await daemonWith(ids.map((id) => [id, ""]));
  const { message } = await assertRejects(() => find("2", daemon), PaasError);
  assertEquals(message.split(": ")[1], `${ids.slice(0, 5).join(", ")}, and more`);
});

Deno.test("findProcess() fails when no process fits", async () => {
  const requests: ListRequest__Output[] = [];
  await using daemon = await daemonWith([[ID, "web"]], requests);
  for (const word of ["3", "we", `${ID} `, "a\nb"]) {
    const { code, message } = await assertRejects(() => find(word, daemon), PaasError);
    assertEquals([code, message], [
      "not-found",
      `no process has '${word}' for its id, its name, or the beginning of its id`,
    ]);
  }
  // Only a word that can begin an id causes a call with it.
  assertEquals(requests.map(({ idPrefix }) => idPrefix).filter(Boolean), ["3"]);
});

Deno.test("findProcess() asks for the next page after an empty one", async () => {
  await using daemon = await TestDaemon.start({
    List({ request: { idPrefix, pageToken } }, callback) {
      const place = Number(pageToken);
      const processes = idPrefix && place === 2 ? [{ processId: ID }] : [];
      callback(null, { processes, nextPageToken: idPrefix && place < 4 ? `${place + 1}` : "" });
    },
  });
  assertEquals(await find("2b5c", daemon), ID);
});
