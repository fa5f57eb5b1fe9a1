import { assertEquals } from "@std/assert";
import { ID, TestDaemon } from "../../tests/support/stand_in_daemon.ts";
import { connect } from "../connection/connect.ts";
import { findUser } from "./find_user.ts";

const ALICE = "8f247e44".padEnd(64, "a");
const BOB = "8f247e44".padEnd(64, "b");
const EVE = "ffff0000".padEnd(64, "e");

/** Finds users of a daemon on which three of them have processes. */
async function found(...words: string[]): Promise<string[]> {
  await using daemon = await TestDaemon.start({
    List({ request: { states, allUsers } }, callback) {
      const owners: [string, string][] = states.length === 2 && allUsers
        ? [[ALICE, "CN=alice, O=Example"], [BOB, "CN=bob"], [EVE, "CN=b\nob, CN=bob"], [EVE, "CN=bob"], ["", ""]]
        : [];
      callback(null, {
        processes: owners.map(([owner, ownerSubject]) => ({ processId: ID, owner, ownerSubject })),
      });
    },
  });
  using connection = await connect(daemon.files.settings(daemon.port));
  return await Promise.all(words.map((word) => findUser(connection, word).catch((error) => error.message)));
}

Deno.test("findUser() takes a whole id as it is, and finds users by the beginning of the id and by name", async () => {
  const whole = "0".repeat(64);
  assertEquals(
    await found(whole, ALICE.toUpperCase(), "alice", "CN=alice, O=Example", "FFFF0000", `${BOB.slice(0, 9)}`),
    [whole, ALICE, ALICE, ALICE, EVE, BOB],
  );
});

Deno.test("findUser() says who it could be, and takes no short beginning of an id", async () => {
  const [ids, names, short, none] = await found("8f247e44", "bob", "8f", "");
  assertEquals(
    ids,
    "several users are called '8f247e44', give the id of one: 8f247e44aaaaaaaa (alice), 8f247e44bbbbbbbb (bob)",
  );
  assertEquals(
    names,
    "several users are called 'bob', give the id of one: 8f247e44bbbbbbbb (bob), ffff0000eeeeeeee (bob)",
  );
  for (const sentence of [short, none]) assertEquals(sentence?.startsWith("no user with a running process has"), true);
});
