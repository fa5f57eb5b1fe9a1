import { assertEquals } from "@std/assert";
import { Progress } from "./progress.ts";

/** What a progress prints of these states. */
function shown(states: (progress: Progress) => void, terminal = true): string {
  let printed = "";
  const output = {
    write(bytes: Uint8Array): Promise<number> {
      printed += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  };
  states(new Progress(terminal ? output : undefined, 0));
  return printed;
}

Deno.test("Progress shows bytes and their rate, five times a second at most, and goes away", () => {
  const printed = shown((progress) => {
    for (let now = 100; now <= 1000; now += 100) progress.add(1024, now);
    progress.clear();
    progress.clear();
  });
  const lines = [200, 400, 600, 800, 1000].map((now) => `\r${now / 100}.0 KiB, 10.0 KiB/s\x1b[K`);
  assertEquals(printed, `${lines.join("")}\r\x1b[K`);
});

Deno.test("Progress shows nothing of a short copy, and nothing without a terminal", () => {
  const short = (progress: Progress) => {
    progress.add(1e9, 50);
    progress.clear();
  };
  assertEquals(shown(short), "");
  assertEquals(shown((progress) => progress.add(1e9, 5_000), false), "");
});
