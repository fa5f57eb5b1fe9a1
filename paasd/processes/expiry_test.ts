import { assertEquals } from "@std/assert";
import { type About, descriptionBytes, Spool } from "@paas/worker/spool";
import { Clock } from "@paas/worker/system";
import { Expiry, type ExpiryLimits } from "./expiry.ts";

const UNLIMITED: ExpiryLimits = {
  retain: Infinity,
  retainCount: Infinity,
  retainTotal: Infinity,
  maxDescriptionBytesPerUser: Infinity,
};

/** A spool with finished processes, and a clock that is set by hand. */
class Setting implements AsyncDisposable {
  wall = 1_000_000;
  steady = 0;
  readonly clock = new Clock(() => this.wall, () => this.steady);
  readonly steps: number[] = [];
  liveBytes = 0;

  private constructor(readonly spool: Spool) {}

  static async make(): Promise<Setting> {
    return new Setting(await Spool.open(await Deno.makeTempDir()));
  }

  /** Adds one that finished then, and is known by this name. */
  add(owner: string, name: string, finishTime: number): void {
    const about: About = { owner, name, labels: {} };
    const entry = this.spool.begin({
      id: crypto.randomUUID(),
      args: ["x".repeat(1_000)],
      stdin: false,
      terminal: false,
      startTime: 0,
      about,
    });
    entry.finished({ state: "finished", startTime: 0, finishTime, exit: { code: 0 }, endReason: "exited" });
  }

  expiry(limits: Partial<ExpiryLimits>): Expiry {
    return new Expiry(this.spool.history.records.usages, { ...UNLIMITED, ...limits }, {
      liveBytes: () => this.liveBytes,
      remove: (id) => Promise.resolve(this.spool.history.forget(id)),
      stepped: (milliseconds) => this.steps.push(milliseconds),
    }, this.clock);
  }

  /** The names of what is left, the oldest first. */
  get left(): string[] {
    return [...this.spool.history.records.search({})].map(({ name }) => name).reverse();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.spool.close();
    await Deno.remove(this.spool.directory, { recursive: true });
  }
}

/** What is left of three that finished at 100, 200 and 300. */
async function left(limits: Partial<ExpiryLimits>, now: number): Promise<string[]> {
  await using setting = await Setting.make();
  for (const time of [100, 200, 300]) setting.add("alice", `${time}`, time);
  setting.wall = now;
  const clock = new Clock(() => now, () => 0);
  using expiry = new Expiry(setting.spool.history.records.usages, { ...UNLIMITED, ...limits }, {
    liveBytes: () => 0,
    remove: (id) => Promise.resolve(setting.spool.history.forget(id)),
    stepped() {},
  }, clock);
  expiry.sweep();
  return setting.left;
}

Deno.test("Expiry removes what is too old, and nothing younger", async () => {
  assertEquals(await left({ retain: 50 }, 250), ["300"], "one of the future keeps no others");
  assertEquals(await left({ retain: 51 }, 250), ["200", "300"]);
  assertEquals(await left({}, 1e15), ["100", "200", "300"]);
  assertEquals(await left({ retain: 0 }, 100), ["200", "300"]);
});

Deno.test("Expiry removes the oldest of too many", async () => {
  assertEquals(await left({ retainCount: 2 }, 0), ["200", "300"]);
  assertEquals(await left({ retainCount: 0 }, 0), []);
  assertEquals(await left({ retain: 50, retainCount: 1 }, 170), ["300"]);
});

Deno.test("Expiry counts by user, and for the sum the fullest gives", async () => {
  await using setting = await Setting.make();
  for (const name of ["b1", "b2"]) setting.add("bob", name, 1);
  for (let number = 0; number < 9; number++) setting.add("alice", `a${number}`, 100 + number);
  {
    using expiry = setting.expiry({ retainCount: 6 });
    expiry.sweep();
    assertEquals(setting.left, ["b1", "b2", "a3", "a4", "a5", "a6", "a7", "a8"]);
  }
  using expiry = setting.expiry({ retainTotal: 5 });
  expiry.sweep();
  assertEquals(setting.left, ["b1", "b2", "a6", "a7", "a8"]);
});

Deno.test("Expiry removes the oldest of a user whose descriptions are too large, live ones counted", async () => {
  await using setting = await Setting.make();
  for (const name of ["one", "two", "three"]) setting.add("alice", name, 100);
  setting.add("bob", "his", 1);
  const bytes = descriptionBytes(["x".repeat(1_000)], { owner: "alice", name: "three", labels: {} });
  using expiry = setting.expiry({ maxDescriptionBytesPerUser: 3 * bytes });
  expiry.makeRoom("alice");
  assertEquals(setting.left, ["one", "two", "three", "his"]);
  setting.liveBytes = bytes;
  expiry.makeRoom("alice");
  assertEquals(setting.left, ["two", "three", "his"]);
  setting.liveBytes = 2 * bytes;
  expiry.makeRoom("alice");
  assertEquals(setting.left, ["three", "his"]);
});

Deno.test("Expiry removes many in portions", async () => {
  await using setting = await Setting.make();
  for (let time = 0; time < 1_200; time++) setting.add("alice", "", time);
  using expiry = setting.expiry({ retain: 0, retainCount: 0 });
  for (const count of [700, 200, 0]) {
    expiry.sweep();
    assertEquals(setting.left.length, count);
  }
});

Deno.test("Expiry removes nothing for a clock that is ahead, and says of a step that it was followed", async () => {
  await using setting = await Setting.make();
  setting.add("alice", "young", setting.wall);
  using expiry = setting.expiry({ retain: 3_600_000 });
  const pass = (milliseconds: number) => {
    setting.wall += milliseconds;
    setting.steady += milliseconds;
    expiry.sweep();
  };
  setting.wall += 7_200_000; // for a second
  for (let second = 0; second < 3; second++) pass(1_000);
  setting.wall -= 7_200_000;
  pass(1_000);
  assertEquals([setting.left, setting.steps], [["young"], []]);
  setting.wall += 7_200_000; // for good
  for (let second = 0; second < 120; second++) pass(1_000);
  assertEquals([setting.left, setting.steps.length], [["young"], 1]);
  for (let second = 0; second < 600; second++) pass(1_000);
  assertEquals(setting.left, []);
});
