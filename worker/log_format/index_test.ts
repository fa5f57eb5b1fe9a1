import { assert, assertEquals } from "@std/assert";
import { LogIndex } from "./index.ts";
import { type Mark, START } from "./mark.ts";

const KIB = 1024;

const mark = (position: number): Mark => ({ ...START, position, offset: position });

/** The marks of an index, as a search for every place sees them. */
function distances(index: LogIndex, end: number): { largest: number; marks: number } {
  let largest = 0;
  const marks = new Set<number>();
  for (let position = 0; position < end; position += 64 * KIB) {
    const found = index.last((mark) => mark.position <= position).position;
    marks.add(found);
    largest = Math.max(largest, position - found);
  }
  return { largest, marks: marks.size };
}

Deno.test("LogIndex stays small however long the log gets, and its marks stay evenly near", () => {
  const index = new LogIndex();
  const end = 40_000 * 64 * KIB;
  for (let position = 64 * KIB; position < end; position += 64 * KIB) index.add(mark(position));
  const { largest, marks } = distances(index, end);
  assert(marks <= 16 * KIB, `${marks} marks`);
  assert(largest < 256 * KIB, `${largest} bytes from a mark`);
});

Deno.test("LogIndex begins where the log does once its start was dropped", () => {
  const index = new LogIndex();
  for (let place = 1; place < 10; place++) index.add(mark(place * 100 * KIB));
  index.dropBefore(mark(450 * KIB));
  assertEquals(index.last(() => false).position, 450 * KIB);
  assertEquals(index.last(({ position }) => position <= 700 * KIB).position, 700 * KIB);
});

Deno.test("LogIndex forgets what was not written", () => {
  const index = new LogIndex();
  for (let place = 1; place < 10; place++) index.add(mark(place * 100 * KIB));
  index.dropBehind(450 * KIB);
  assertEquals(index.last(() => true).position, 400 * KIB);
  index.add(mark(500 * KIB));
  assertEquals(index.last(() => true).position, 500 * KIB);
});
