/**
 * A client of the service without `paasc`, for whole-system tests.
 *
 * @module
 */
import {
  type ExecRequest,
  type ExecResponse__Output,
  type GetLogsResponse__Output,
  type GetStatusResponse__Output,
  type LogEnd__Output,
  ProcessService,
  type ProcessStatus__Output,
  type StopResponse__Output,
} from "@paas/proto";
import { credentials, sessionsClosed } from "@paas/proto/grpc";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { answer } from "./realm.ts";
import { ROOT, type RunningDaemon } from "./programs.ts";
import { until } from "./until.ts";

/** The user of a {@linkcode RawClient}: a name, and the directory of the certificate. */
export interface RawClientOptions {
  as?: string | undefined;
  certs?: string | undefined;
}

/** A client of the service without `paasc`, for requests that `paasc` does not send, and for very many calls. */
export class RawClient implements AsyncDisposable {
  /** The client of grpc-js. */
  readonly service: InstanceType<typeof ProcessService>;

  /** @param options `certs` is a directory of certificates; default is that of the development ones */
  constructor(
    { address }: Pick<RunningDaemon, "address">,
    { as = "alice", certs = join(ROOT, "certs") }: RawClientOptions = {},
  ) {
    const pem = (name: string) => readFileSync(join(certs, name));
    const identity = credentials.createSsl(pem("server-ca.crt"), pem(`${as}.key`), pem(`${as}.crt`));
    this.service = new ProcessService(address, identity, {
      "grpc.ssl_target_name_override": "localhost",
      "grpc.use_local_subchannel_pool": 1,
      "grpc-node.flow_control_window": 4 * 1024 * 1024,
    });
  }

  /** Starts a process, and gives its id. */
  async exec(args: string[], options: ExecRequest = {}): Promise<string> {
    const request = { ...options, args };
    return (await answer<ExecResponse__Output>((callback) => this.service.Exec(request, callback))).processId;
  }

  /** Asks for the status of a process. */
  async status(processId: string): Promise<ProcessStatus__Output> {
    return (await answer<GetStatusResponse__Output>((callback) => this.service.GetStatus({ processId }, callback)))
      .status!;
  }

  /** Stops a process, and gives its final status. */
  async stop(processId: string): Promise<ProcessStatus__Output> {
    return (await answer<StopResponse__Output>((callback) => this.service.Stop({ processId }, callback))).status!;
  }

  /** Reads the log of a process. */
  logs(processId: string, { follow }: { follow?: boolean } = {}): RawLog {
    return new RawLog(this.service.GetLogs({ processId, follow }));
  }

  /** Waits until a process has finished. */
  async untilFinished(processId: string, limit?: number): Promise<ProcessStatus__Output> {
    return await until("the process has finished", async () => {
      const status = await this.status(processId);
      return status.state === "PROCESS_STATE_FINISHED" && status;
    }, limit);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.service.close();
    await sessionsClosed();
  }
}

/** A log while it is read. */
export class RawLog {
  /** The number of bytes so far. */
  bytes = 0;
  /** The text of the first 64 KiB or so. */
  text = "";
  /** The last message, or the error. */
  readonly end: Promise<LogEnd__Output>;
  readonly #all = createHash("sha256");

  constructor(call: AsyncIterable<unknown>) {
    this.end = this.#read(call as AsyncIterable<GetLogsResponse__Output>);
    this.end.catch(() => {}); // the caller of digest() gets it
  }

  /** The SHA-256 of all bytes, at the end. */
  async digest(): Promise<string> {
    await this.end;
    return this.#all.digest("hex");
  }

  async #read(call: AsyncIterable<GetLogsResponse__Output>): Promise<LogEnd__Output> {
    let last: LogEnd__Output | undefined;
    for await (const { chunks, end } of call) {
      for (const { offset, data } of chunks) {
        if (offset !== this.bytes) throw new Error(`A chunk begins at ${offset} instead of ${this.bytes}`);
        this.bytes += data.length;
        this.#all.update(data);
        if (this.text.length < 64 * 1024) this.text += data.toString();
      }
      if (end) last = end;
    }
    if (last?.bytes !== this.bytes) {
      throw new Error(`The log ended at ${this.bytes}, but is told to end at ${last?.bytes}`);
    }
    return last;
  }
}
