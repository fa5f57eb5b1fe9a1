/**
 * What a fuzz looks at while it attacks: two users of a daemon, of whom one must notice nothing.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import protobuf from "protobufjs";
import { load } from "../../proto/generate.ts";
import { Bystander } from "../neighbours/bystander.ts";
import { ROOT, type RunningDaemon } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

/** How long each fuzz lasts. */
export const seconds = Number(Deno.env.get("PAAS_FUZZ_SECONDS") ?? 3);
/** What all its choices follow from. */
export const seed = Number(Deno.env.get("PAAS_FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));

/**
 * Nobody may wait so long, in milliseconds: for the work of the daemon's one thread, and whatever the reason, which may be
 * that the machine has other things to do.
 */
const [MAX_WORKED_MS, MAX_WAITED_MS] = [3_000, 60_000];
/**
 * The daemon may grow by so much: the runtime lets its heap grow to some 250 MiB before it looks for what is not needed any
 * more, and messages come on top.
 */
const MAX_GROWTH_MIB = 400;

/** What the other user's process prints. */
export const SECRET = "a line of bob's";

/** Ids of no process. */
export const [GONE, UNKNOWN] = ["00000000-0000-4000-8000-000000000000", "no id"] as const;

/** A call of the contract. */
export interface Method {
  path: string;
  request: protobuf.Type;
  /** Whether it takes many messages. */
  streams: boolean;
}

/** The calls of all services that the daemon's `.proto` files declare. */
export async function methods(directory = join(ROOT, "proto")): Promise<Method[]> {
  const found: Method[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isDirectory) found.push(...await methods(path));
    else if (name.endsWith(".proto")) found.push(...methodsOf(load(await Deno.readTextFile(path))));
  }
  return found;
}

function methodsOf(space: protobuf.NamespaceBase): Method[] {
  return space.nestedArray.flatMap((item) => {
    if (!(item instanceof protobuf.Service)) return item instanceof protobuf.Namespace ? methodsOf(item) : [];
    return item.methodsArray.map((method) => ({
      path: `/${item.fullName.slice(1)}/${method.name}`,
      request: method.resolvedRequestType!,
      streams: method.requestStream ?? false,
    }));
  });
}

/** Two users of a daemon: bob has a process, and alice attacks. */
export class Scene implements AsyncDisposable {
  /** Processes that alice may use. */
  readonly ids: string[] = [];
  /** Bob's process. */
  bobs!: string;
  /** Ids that alice has been told of while she watched. */
  readonly watched = new Set<string>();
  readonly alice: RawClient;
  readonly bob: RawClient;
  /** Bob again, who asks something all the time. */
  readonly #bystander: Bystander;
  #before!: { status: unknown; descriptors: number; size: number };
  readonly #watch: ReturnType<RawClient["service"]["Watch"]>;

  private constructor(readonly daemon: RunningDaemon) {
    this.alice = new RawClient(daemon);
    this.bob = new RawClient(daemon, { as: "bob" });
    this.#bystander = new Bystander(daemon);
    this.#watch = this.alice.service.Watch({});
    this.#watch.on("data", ({ processId }) => this.watched.add(processId)).on("error", () => {});
  }

  static async make(daemon: RunningDaemon): Promise<Scene> {
    const scene = new Scene(daemon);
    scene.bobs = await scene.bob.exec(["sh", "-c", `echo "${SECRET}"; exec sleep 10000`], { stdin: true });
    await scene.refresh();
    await until("bob's process has printed", async () => (await scene.bob.status(scene.bobs)).logBytes! > 0);
    const [status, size] = [await scene.bob.status(scene.bobs), await daemon.residentSize()];
    scene.#before = { status, size, descriptors: daemon.descriptors() };
    return scene;
  }

  /** Sees that alice has a process that lives and one that has finished. */
  async refresh(): Promise<void> {
    this.ids.push(await this.alice.exec(["cat"], { stdin: true }), await this.alice.exec(["echo", "hello"]));
    this.ids.splice(0, this.ids.length - 8);
  }

  /** All processes of alice. */
  async processes() {
    const all = [];
    for (let pageToken = "";;) {
      const page = await new Promise<{ processes: { processId: string; args: string[] }[]; nextPageToken: string }>(
        (resolve, reject) =>
          this.alice.service.List(
            { pageSize: 1_000, pageToken },
            (error, response) => error ? reject(error) : resolve(response as never),
          ),
      );
      all.push(...page.processes);
      if (!(pageToken = page.nextPageToken)) return all;
    }
  }

  /** How long bob has waited at most, and how much memory the daemon has taken at most. */
  async disturbance(): Promise<string> {
    const { waited, worked } = this.#bystander.worst;
    const growth = await this.daemon.peakSize() - this.#before.size;
    return `bob has waited for ${worked} ms of work, ${waited.toFixed(0)} ms, and it has taken ${
      growth.toFixed(0)
    } MiB`;
  }

  /**
   * Sees that bob has not been kept waiting, and that the daemon has not taken much memory.
   *
   * @param what Tells what was done last.
   */
  async assertUndisturbed(what: () => string): Promise<void> {
    try {
      const { waited, worked } = this.#bystander.worst;
      const growth = await this.daemon.peakSize() - this.#before.size;
      const isFine = worked < MAX_WORKED_MS && waited < MAX_WAITED_MS && growth < MAX_GROWTH_MIB;
      assert(isFine, await this.disturbance());
    } catch (cause) {
      this.daemon.kill("SIGKILL"); // it would hold up the end
      throw new Error(`The daemon is not as it should be after ${what()}`, { cause });
    }
  }

  /**
   * Sees that nothing has happened to bob, and that the daemon is as it was.
   *
   * @param started All that was asked to be started, if that is known.
   */
  async assertUnharmed(started?: Set<string>): Promise<void> {
    const processes = await this.processes();
    for (const { args } of started ? processes : []) {
      assert(started!.has(JSON.stringify(args)), `nobody asked for ${JSON.stringify(args)}`);
    }
    assert(![...processes.map(({ processId }) => processId), ...this.watched].includes(this.bobs), "bob is visible");
    assertEquals(await this.bob.status(this.bobs), this.#before.status);
    const log = this.bob.logs(this.bobs, { follow: false });
    await log.end;
    assertEquals(log.text, `${SECRET}\n`);

    for (const { processId } of await this.processes()) {
      await this.alice.stop(processId).catch(() => {}); // it may be stopping
    }
    await until("only bob's process is left", async () => (await childrenOf(this.daemon.pid)).length === 1);
    await until("the descriptors are back", () => this.daemon.descriptors() <= this.#before.descriptors + 3);
    const unforeseen = /^.*(unforeseen|Uncaught|panicked).*$/m.exec(this.daemon.log)?.[0];
    assert(!unforeseen, unforeseen);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch.cancel();
    await this.#bystander[Symbol.asyncDispose]();
    await this.alice[Symbol.asyncDispose]();
    await this.bob[Symbol.asyncDispose]();
  }
}

/** The children of a process that live. */
async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
    const [state, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(ppid) === parent && state !== "Z") children.push(Number(name));
  }
  return children;
}
