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

/** A process of somebody, as an operator's daemon lists it. */
interface Somebodys {
  readonly processId: string;
  readonly name?: string;
  readonly owner: string;
  readonly live?: boolean;
}

const [ALICE, BOB, ME] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];

/** Starts a daemon that tells the caller this role, and lists other users' processes only if they are asked for. */
function daemonFor(role: string, processes: Somebodys[]) {
  return TestDaemon.start({
    WhoAmI: (_call, callback) => callback(null, { userId: ME, role }),
    List({ request: { name, idPrefix, allUsers, states, pageSize, pageToken } }, callback) {
      const found = processes.filter((process) =>
        (allUsers || process.owner === ME) && (!name || process.name === name) &&
        process.processId.startsWith(idPrefix) && (states.length === 0 || process.live)
      );
      const from = Number(pageToken);
      const size = Math.min(pageSize, 3); // small pages, as when much had to be looked through
      callback(null, {
        processes: found.slice(from, from + size).map(({ processId, name = "", owner }) => ({
          ...{ processId, name, owner },
          ownerSubject: owner === ALICE ? "CN=alice" : "O=x, CN=b\u202eob",
        })),
        nextPageToken: found.length > from + size ? `${from + size}` : "",
      });
    },
  });
}

/** The id of the process that an operator names by a word, or the error. */
async function findAs(role: string, word: string, processes: Somebodys[]): Promise<string> {
  await using daemon = await daemonFor(role, processes);
  return await find(word, daemon).catch((error) => error.message);
}

Deno.test("findProcess() finds anybody's process for those who may see all, and their own first", async () => {
  const own = { processId: other, name: "web", owner: ME };
  const alices = { processId: ID, name: "web", owner: ALICE, live: true };
  assertEquals(await findAs("operator", "web", [alices, own]), other);
  assertEquals(await findAs("operator", "2b5", [alices, own]), other);
  for (const role of ["viewer", "operator"]) {
    assertEquals([await findAs(role, "web", [alices]), await findAs(role, "2b5c0c4e", [alices])], [ID, ID]);
  }
  const none = "no process has 'web' for its id, its name, or the beginning of its id";
  assertEquals(await findAs("user", "web", [alices]), none);
});

Deno.test("findProcess() prefers the one live process of a name, and lists the candidates with their owners", async () => {
  const alices = { processId: ID, name: "web", owner: ALICE };
  const bobs = { processId: other, name: "web", owner: BOB };
  assertEquals(await findAs("operator", "web", [alices, { ...bobs, live: true }]), other);
  const both = `${ID} (web) of alice (aaaaaaaa…), ${other} (web) of b\\u202eob (bbbbbbbb…)`;
  const several = `'web' is the name of several processes, give the id of one: ${both}`;
  assertEquals(await findAs("operator", "web", [alices, bobs]), several);
  assertEquals(await findAs("operator", "web", [{ ...alices, live: true }, { ...bobs, live: true }]), several);
  // Many old ones of one user, and one of another behind them.
  const old = Array.from({ length: 7 }, (_, index) => ({ ...alices, processId: `${ID.slice(0, -1)}${index}` }));
  assertEquals(await findAs("viewer", "web", old), old[0]!.processId);
  assertEquals((await findAs("viewer", "web", [...old, bobs])).includes(` ${other} (web) of b`), true);
  assertEquals(
    await findAs("operator", "2b5", [alices, bobs]),
    `'2b5' is the beginning of several ids, give more of it: ${both}`,
  );
});

Deno.test("findProcess() never takes another user's name for an id, or an id for a name", async () => {
  const named = { processId: other, name: "2b5c", owner: BOB, live: true };
  assertEquals(
    await findAs("operator", "2b5c", [{ processId: ID, owner: ALICE, live: true }, named]),
    `'2b5c' is the name of ${other} and the beginning of the id ${ID}: give the whole id`,
  );
});
