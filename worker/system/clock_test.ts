import { assertEquals } from "@std/assert";
import { Clock } from "./clock.ts";

/** Returns a clock, and the two clocks that it follows. */
function setting() {
  const time = { wall: 1_000_000, steady: 0 };
  const clock = new Clock(() => time.wall, () => time.steady);
  const pass = (milliseconds: number) => {
    time.wall += milliseconds;
    time.steady += milliseconds;
  };
  return { time, clock, pass };
}

Deno.test("Clock is not moved by a clock of the machine that is ahead for a second", () => {
  const { time, clock, pass } = setting();
  time.wall += 7_200_000;
  pass(1_000);
  clock.now();
  time.wall -= 7_200_000;
  pass(100_000);
  assertEquals(clock.now(), time.wall);
  assertEquals(clock.sinceStep, Infinity);
});

Deno.test("Clock follows a step forward that lasts", () => {
  const { time, clock, pass } = setting();
  time.wall += 7_200_000;
  for (let second = 0; second < 62; second++) (pass(1_000), clock.now());
  assertEquals(clock.now(), time.wall);
  assertEquals(clock.sinceStep < 2_000, true);
});

Deno.test("Clock never goes back, and meets the machine's clock again by going slower", () => {
  const { time, clock, pass } = setting();
  time.wall -= 10_000;
  let last = clock.now();
  for (let second = 0; second < 250; second++) {
    pass(1_000);
    const now = clock.now();
    assertEquals(now > last, true);
    last = now;
  }
  assertEquals(clock.now(), time.wall);
});
