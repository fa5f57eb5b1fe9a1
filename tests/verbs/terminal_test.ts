import type { AttachRequest, AttachResponse__Output, ExecRequest } from "@paas/proto";
import { type ClientDuplexStream, type ServiceError, status as Code } from "@paas/proto/grpc";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { failure } from "../support/realm.ts";
import { lives } from "../support/lives.ts";
import { ROOT, RunningDaemon, text } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

/** Who sits at the terminal of a process. */
class Seat {
  readonly call: ClientDuplexStream<AttachRequest, AttachResponse__Output>;
  printed = "";
  end: AttachResponse__Output["end"] = null;
  error: ServiceError | undefined;
  done = false;

  constructor(client: RawClient, processId: string) {
    this.call = client.service.Attach();
    this.call.on("data", ({ chunks, end }: AttachResponse__Output) => {
      for (const { stream, data } of chunks) {
        assertEquals(stream, "LOG_STREAM_STDOUT");
        this.printed += text(data);
      }
      this.end = end;
    });
    this.call.on("error", (error: ServiceError) => this.error = error);
    this.call.on("status", () => this.done = true);
    this.call.write({ processId });
  }

  type(input: string, more: AttachRequest = {}): void {
    this.call.write({ input: new TextEncoder().encode(input), ...more });
  }

  async until(printed: string): Promise<void> {
    await until(`it prints ${JSON.stringify(printed)}, not ${this.printed}`, () => this.printed.includes(printed));
  }

  async untilDone(): Promise<void> {
    await until("the call is over", () => this.done);
  }
}

const TERMINAL = { columns: 80, rows: 24 };

async function withClient(test: (client: RawClient, daemon: RunningDaemon) => Promise<void>): Promise<void> {
  await using daemon = await RunningDaemon.start();
  await using client = new RawClient(daemon);
  await test(client, daemon);
}

Deno.test("Exec starts a shell in a terminal, and Attach types in it and resizes it", async () => {
  await withClient(async (client) => {
    const terminal = { columns: 101, rows: 41, type: "vt220" };
    const processId = await client.exec(["bash", "--norc", "--noprofile"], { terminal, env: { PS1: "ready> " } });
    const status = await client.status(processId);
    assertEquals([status.terminal, status.stdin], [true, true]);
    const seat = new Seat(client, processId);
    await seat.until("ready> ");
    seat.type("stty size; echo $TERM\n");
    await seat.until("41 101\r\nvt220\r\n");
    seat.call.write({ size: { columns: 132, rows: 50 } });
    seat.type("stty size\n");
    await seat.until("50 132\r\n");
    seat.type("sleep 60; echo $?\n");
    await seat.until("sleep 60");
    await until("it is interrupted", () => {
      seat.type("\x03");
      return /\^C[^]*ready> $/.test(seat.printed);
    });
    await until("it has read what is typed", () => {
      seat.type("exit 7\n"); // a ^C that comes late throws away what was typed before it was read
      return seat.printed.includes("exit 7");
    });
    await seat.untilDone();
    assertEquals(seat.end?.status?.exitCode, 7);
  });
});

Deno.test("Exec in a terminal runs under the daemon's exact permissions, and close_input is ^D", async () => {
  await withClient(async (client, daemon) => {
    const line = (await Deno.readTextFile(`/proc/${daemon.pid}/cmdline`)).split("\0");
    assertEquals(line.filter((word) => word.startsWith("--allow-ffi")).length, 1);
    assertMatch(line.find((word) => word.startsWith("--allow-ffi"))!, /^--allow-ffi=\/[^,]+\/libc\.so\.6,/);
    const before = daemon.descriptors();
    for (let round = 0; round < 20; round++) {
      const processId = await client.exec(["cat"], { terminal: TERMINAL });
      const seat = new Seat(client, processId);
      seat.type("hello\n", { closeInput: true });
      await seat.untilDone();
      assertEquals([seat.printed, seat.end?.status?.exitCode], ["hello\r\nhello\r\n", 0]);
    }
    await until("no descriptor is left of the terminals", () => daemon.descriptors() <= before + 22);
    const terminals = [...Deno.readDirSync(`/proc/${daemon.pid}/fd`)].filter(({ name }) => {
      try {
        return /^\/dev\/(ptmx|pts)/.test(Deno.readLinkSync(`/proc/${daemon.pid}/fd/${name}`));
      } catch {
        return false; // it was closed meanwhile
      }
    });
    assertEquals(terminals.map(({ name }) => name), []);
  });
});

Deno.test("Exec in a terminal keeps a reader's pace, and every byte", async () => {
  await withClient(async (client) => {
    const processId = await client.exec(["seq", "200000"], { terminal: TERMINAL });
    const log = client.logs(processId);
    const end = await log.end;
    let bytes = 0;
    for (let number = 1; number <= 200_000; number++) bytes += String(number).length + 2;
    assertEquals([end.bytes, end.lines, end.status?.exitCode], [bytes, 200_000, 0]);
  });
});

Deno.test("Exec and Attach refuse what is no terminal or no size", async () => {
  await withClient(async (client) => {
    const refusal = async (terminal: NonNullable<ExecRequest["terminal"]>) =>
      (await failure(client.exec(["true"], { terminal }))).code;
    for (const size of [{}, { columns: 80 }, { columns: 0, rows: 1 }, { columns: 10_001, rows: 1 }]) {
      assertEquals(await refusal(size), Code.INVALID_ARGUMENT);
    }
    assertEquals(await refusal({ ...TERMINAL, type: "x\0y" }), Code.INVALID_ARGUMENT);
    const missing = await failure(client.exec(["no-such-program"], { terminal: TERMINAL }));
    assertEquals([missing.code, missing.details.includes("no such program in its PATH")], [Code.NOT_FOUND, true]);

    const resized = async (options: ExecRequest, size: AttachRequest["size"]) => {
      const seat = new Seat(client, await client.exec(["sleep", "60"], options));
      seat.call.write({ size });
      await seat.untilDone();
      return seat.error?.code;
    };
    assertEquals(await resized({ stdin: true }, TERMINAL), Code.INVALID_ARGUMENT);
    assertEquals(await resized({ terminal: TERMINAL }, { columns: 80 }), Code.INVALID_ARGUMENT);
  });
});

Deno.test("a daemon that ends, or is killed, leaves nobody in its terminals", async () => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const pids: number[] = [];
    await withClient(async (client, daemon) => {
      for (const args of [["sleep", "1000"], ["bash", "--norc", "-i"]]) {
        const processId = await client.exec(args, { terminal: TERMINAL });
        pids.push((await client.status(processId)).pid);
      }
      await new Seat(client, await client.exec(["echo", "hello"], { terminal: TERMINAL })).untilDone();
      daemon.kill(signal);
      await daemon.exitCode();
    });
    for (const pid of pids) await until(`${pid} is gone after ${signal}`, async () => !(await lives(pid)));
  }
});

Deno.test("a daemon without the permission for terminals starts, and refuses them in a sentence", async () => {
  const start = async (...args: string[]) => {
    const command = new Deno.Command("sh", { args, cwd: ROOT, stdout: "piped", stderr: "piped" });
    const { stdout, stderr } = await command.output();
    return text(stdout) || text(stderr);
  };
  const flags = ["--listen", "127.0.0.1:0"];
  const granted = (await start("paasd/start.sh", Deno.execPath(), "--print-permissions", ...flags)).trim().split("\n")
    .filter((flag) => !flag.startsWith("--allow-ffi"));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...granted, join(ROOT, "paasd/main.ts"), ...flags],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    const address = value!.trim().split(" ").at(-1)!;
    await using client = new RawClient({ address } as RunningDaemon);
    const refused = await failure(client.exec(["true"], { terminal: TERMINAL }));
    assertEquals(refused.code, Code.FAILED_PRECONDITION);
    assert(refused.details.includes("the daemon has no terminals"), refused.details);
    assertEquals((await client.untilFinished(await client.exec(["true"]))).exitCode, 0);
    await reader.cancel();
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
});
