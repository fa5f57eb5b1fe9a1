/**
 * How long it takes to run a command, to start the client, and to list; and what a process costs.
 *
 * @module
 */
import type { ListResponse__Output, WaitResponse__Output } from "@paas/proto";
import { join } from "node:path";
import { answer } from "../../tests/support/realm.ts";
import { RawClient } from "../../tests/support/raw_client.ts";
import { duration, type Figure, inTurn, median, progress, ratio, type Row } from "../figure.ts";
import type { BenchRun } from "../bench_run.ts";

/** So many calls make one measurement where a single one takes milliseconds. */
const CALLS = 100;
const ALIVE = 1_000;
const FINISHED = 10_000;
const AT_ONCE = 20;

/** Figures of commands. */
export const commandFigures: Figure[] = [
  { name: "run-cold", measure: runCold },
  { name: "exec-wait", measure: execWait },
  { name: "client-start", measure: clientStart },
  { name: "status-cold", measure: statusCold },
  { name: "thousand-processes", measure: thousandProcesses },
  { name: "list", measure: list },
];

function row(figure: string, ours: number[], theirs: number[], aim: string): Row {
  const [paas, peer] = [median(ours), median(theirs)];
  return { figure, paas, peer, unit: "ms", ratio: ratio(paas, peer), aim };
}

async function runCold(bench: BenchRun): Promise<Row[]> {
  const { ssh } = bench;
  await using daemon = await bench.startDaemon();
  const { paas, peer } = await inTurn(bench, {
    paas: () => duration(bench.paasc(daemon, "run", "true")),
    peer: ssh && (() => duration(ssh.command("true"))),
  });
  return [row("paasc run true, cold process to exit; ssh host true, fresh connection", paas, peer, "≤ 0.6")];
}

async function execWait(bench: BenchRun): Promise<Row[]> {
  await using daemon = await bench.startDaemon();
  await using client = new RawClient(daemon);
  await using socket = await bench.ssh?.shareConnection();
  const floor = [Deno.execPath(), "run", "-A", join(import.meta.dirname!, "../floor.ts"), "spawn", `${CALLS}`];
  const { paas, ssh, worker } = await inTurn(bench, {
    paas: async () => {
      const times: number[] = [];
      for (let call = 0; call < CALLS; call++) {
        const begin = performance.now();
        const processId = await client.exec(["true"]);
        await answer<WaitResponse__Output>((callback) => client.service.Wait({ processId }, callback));
        times.push(performance.now() - begin);
      }
      return median(times);
    },
    ssh: socket && (async () => {
      const times: number[] = [];
      for (let call = 0; call < 20; call++) times.push(await duration(socket.command("true")));
      return median(times);
    }),
    worker: async () => {
      const { stdout } = await new Deno.Command(floor[0]!, { args: floor.slice(1), stderr: "inherit" }).output();
      return Number(new TextDecoder().decode(stdout));
    },
  });
  return [
    row("Exec and Wait of true on an open connection, p50; ssh over a control socket", paas, ssh, "≤ 0.1"),
    row("the same; spawn and wait by the worker in one program", paas, worker, "≤ 2.0"),
  ];
}

async function clientStart(bench: BenchRun): Promise<Row[]> {
  const empty = join(bench.directory, "empty.ts");
  await Deno.writeTextFile(empty, "");
  const several = async (words: string[]) => {
    const times: number[] = [];
    for (let time = 0; time < 10; time++) times.push(await duration(words));
    return median(times);
  };
  const values = await inTurn(bench, {
    help: () => several([bench.program, "--help"]),
    version: () => several([bench.program, "version"]),
    empty: () => several([Deno.execPath(), "run", empty]),
  });
  return (["help", "version"] as const).map((name) =>
    row(`paasc ${name === "help" ? "--help" : name}; deno run of an empty script`, values[name], values.empty, "≤ 1.3")
  );
}

async function statusCold(bench: BenchRun): Promise<Row[]> {
  await using daemon = await bench.startDaemon();
  const id = await daemon.exec(["sleep", "600"]);
  const raw = ["run", "-A", "--no-check", join(import.meta.dirname!, "../http2_status.ts"), `${daemon.port}`, id];
  const { paas, http2 } = await inTurn(bench, {
    paas: () => duration(bench.paasc(daemon, "status", id)),
    http2: () => duration([Deno.execPath(), ...raw]),
  });
  return [row("paasc status, cold; the same call by hand over node:http2", paas, http2, "≤ 1.25")];
}

async function thousandProcesses(bench: BenchRun): Promise<Row[]> {
  await using daemon = await bench.startDaemon();
  await using client = new RawClient(daemon);
  await client.untilFinished(await client.exec(["true"]));
  const before = await daemon.residentSize();
  const begin = performance.now();
  await atOnce(ALIVE, () => client.exec(["sleep", "600"]));
  const seconds = (performance.now() - begin) / 1000;
  const each = (await daemon.residentSize() - before) * 1024 / ALIVE;
  const fact = (figure: string, paas: number, unit: string, aim: string): Row => {
    return { figure: `${ALIVE} processes alive at once: ${figure}`, paas, peer: NaN, unit, ratio: "–", aim };
  };
  return [
    fact("started in a second", ALIVE / seconds, "1/s", "reported"),
    fact("daemon memory for each", each, "KiB", "≤ 200 KiB"),
  ];
}

async function list(bench: BenchRun): Promise<Row[]> {
  await using many = await bench.startDaemon();
  await using few = await bench.startDaemon();
  await using manyClient = new RawClient(many);
  await using fewClient = new RawClient(few);
  progress(`  ${FINISHED} processes`);
  await atOnce(FINISHED, () => manyClient.exec(["true"]));
  await atOnce(100, () => fewClient.exec(["true"]));
  const firstPage = async ({ service }: RawClient) => {
    const times: number[] = [];
    for (let call = 0; call < CALLS; call++) {
      const begin = performance.now();
      const page = await answer<ListResponse__Output>((callback) => service.List({}, callback));
      if (page.processes.length !== 100) throw new Error("A page has another length");
      times.push(performance.now() - begin);
    }
    return median(times);
  };
  const values = await inTurn(bench, { many: () => firstPage(manyClient), few: () => firstPage(fewClient) });
  return [row(`first page of List of ${FINISHED} finished processes; of 100`, values.many, values.few, "≤ 2.0")];
}

/** Does something so many times, some at once. */
async function atOnce(times: number, work: () => Promise<unknown>): Promise<void> {
  let left = times;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) await work();
  }));
}
