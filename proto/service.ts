/**
 * The contract at run time: `paas.v1.ProcessService` as grpc-js wants it.
 *
 * The `.proto` is part of the module graph (a text import), so that loading it needs no read permission and survives
 * `deno compile`.
 *
 * @module
 */
import "./http2_goaway.ts";
import "./strict_utf8.ts";
import { loadPackageDefinition } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { Buffer } from "node:buffer";
import protobuf from "protobufjs";
import type { ProtoGrpcType } from "./gen/paas.ts";
import type { GetLogsResponse } from "./gen/paas/v1/GetLogsResponse.ts";
import type { ProcessServiceDefinition } from "./gen/paas/v1/ProcessService.ts";
import source from "./paas/v1/paas.proto" with { type: "text" };

const root = new protobuf.Root();
for (const imported of ["google/protobuf/duration.proto", "google/protobuf/timestamp.proto"]) {
  root.addJSON(protobuf.common.get(imported)?.nested ?? {});
}
protobuf.parse(source, root);

/** How messages look in TypeScript; `deno task gen` makes the types of `gen/` with the same choices. */
const definition = fromJSON(root.toJSON(), { longs: Number, enums: String, defaults: true, oneofs: true });

const { paas } = loadPackageDefinition(definition) as unknown as ProtoGrpcType;

/** The client class and the service definition, as `proto-loader` makes them from the `.proto`. */
export const ProcessService: ProtoGrpcType["paas"]["v1"]["ProcessService"] = paas.v1.ProcessService;

const { service } = ProcessService;
const encode = service.GetLogs.responseSerialize;

/** {@linkcode processService}'s own `GetLogs`: it takes messages, or bytes that are one already. */
type RawGetLogs = Omit<ProcessServiceDefinition["GetLogs"], "responseSerialize"> & {
  responseSerialize: (message: GetLogsResponse | Uint8Array) => Buffer;
};

/**
 * What the daemon serves: the service with a `GetLogs` that sends bytes as they are. The records of a log file are the
 * wire form of {@linkcode GetLogsResponse}'s `chunks`, so a slice of the file needs no encoding.
 */
export const processService: Omit<ProcessServiceDefinition, "GetLogs"> & { GetLogs: RawGetLogs } = {
  ...service,
  GetLogs: {
    ...service.GetLogs,
    responseSerialize: (message) => {
      if (Buffer.isBuffer(message)) return message; // as it is: a compressed one copies itself into its frame
      if (message instanceof Uint8Array) return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
      return encode(message);
    },
  },
};
