import { assertEquals } from "@std/assert";
import { mayChange, mayRead, otherWriter } from "./file_access.ts";
import type { Step, Way } from "./file_steps.ts";

const RUN = { uid: 990, gid: 990 };

/** A way: of each step its path, and its mode, owner and group. */
function way(...steps: [path: string, mode: number, uid?: number, gid?: number][]): Way {
  const made: Step[] = [];
  for (const [path, mode, uid = 0, gid = 0] of steps) made.push({ path, mode, uid, gid, parent: made.at(-1) });
  return { steps: made, file: made.at(-1) };
}

const ROOT = ["/", 0o040755] as const;

Deno.test("mayRead() goes by owner, group and all others, and by each directory on the way", () => {
  const read = (file: [number, number?, number?], directory: [number, number?, number?] = [0o040755]) =>
    mayRead(RUN, way([...ROOT], ["/etc", ...directory], ["/etc/key", ...file]));
  assertEquals(read([0o100600]), false);
  assertEquals(read([0o100644]), true);
  assertEquals(read([0o100640, 0, 990]), true);
  assertEquals(read([0o100640, 0, 991]), false);
  assertEquals(read([0o100604, 0, 990]), false); // the group's bits are its own, and no others
  assertEquals(read([0o100000, 990]), true); // whose it is may give the right to itself
  assertEquals(read([0o100711]), false);
  assertEquals(read([0o100644], [0o040700]), false);
  assertEquals(read([0o100644], [0o040710, 0, 990]), true);
  assertEquals(read([0o100644], [0o040744]), false);
  assertEquals(mayRead(RUN, way([...ROOT], ["/spool", 0o040711])), true); // its files can be guessed
  assertEquals(mayRead(RUN, way([...ROOT], ["/spool", 0o040700])), false);
  assertEquals(mayRead(RUN, { steps: [], file: undefined }), false);
});

Deno.test("mayChange() finds the file, or the directory by which another one can be put in its place", () => {
  const change = (...steps: Parameters<typeof way>) => mayChange(RUN, way([...ROOT], ...steps))?.path;
  assertEquals(change(["/etc", 0o040755], ["/etc/f", 0o100644]), undefined);
  assertEquals(change(["/etc", 0o040755], ["/etc/f", 0o100646]), "/etc/f");
  assertEquals(change(["/etc", 0o040755], ["/etc/f", 0o100644, 990]), "/etc/f");
  assertEquals(change(["/etc", 0o040775, 0, 990], ["/etc/f", 0o100600]), "/etc");
  assertEquals(change(["/etc", 0o040755, 990], ["/etc/d", 0o040755], ["/etc/d/f", 0o100600]), "/etc");
  assertEquals(change(["/etc", 0o040700], ["/etc/d", 0o040777], ["/etc/d/f", 0o100666]), undefined); // it cannot get there
  assertEquals(change(["/tmp", 0o041777], ["/tmp/f", 0o100600]), undefined); // sticky
  assertEquals(change(["/tmp", 0o041777], ["/tmp/f", 0o100600, 990]), "/tmp/f");
  assertEquals(change(["/tmp", 0o041777, 990], ["/tmp/f", 0o100600]), "/tmp");
  const missing = (mode: number, uid = 0) => {
    const { steps } = way([...ROOT], ["/var", mode, uid]);
    return mayChange(RUN, { steps, file: undefined })?.path;
  };
  assertEquals([missing(0o040755), missing(0o041777), missing(0o040755, 990)], [undefined, "/var", "/var"]);
});

Deno.test("otherWriter() finds the first step that is not root's or the daemon's alone", () => {
  const writer = (...steps: Parameters<typeof way>) => otherWriter(500, way([...ROOT], ...steps));
  assertEquals(writer(["/opt", 0o040755, 500], ["/opt/tool", 0o100755, 500, 7]), undefined);
  assertEquals(writer(["/opt", 0o040755], ["/opt/tool", 0o100755, 990]), "/opt/tool belongs to user 990");
  assertEquals(writer(["/opt", 0o040775, 0, 50], ["/opt/tool", 0o100755]), "/opt is writable for group 50");
  assertEquals(writer(["/opt", 0o040775], ["/opt/tool", 0o100755]), undefined); // the group is root's
  assertEquals(writer(["/opt", 0o040755], ["/opt/tool", 0o100757]), "/opt/tool is writable for everybody");
  assertEquals(writer(["/tmp", 0o041777], ["/tmp/tool", 0o100755]), undefined);
  assertEquals(writer(["/tmp", 0o041777], ["/tmp/link", 0o120777, 990]), "/tmp/link belongs to user 990");
  assertEquals(writer(["/bin", 0o120777], ["/usr/bin/tool", 0o100755]), undefined); // a link's mode means nothing
});
