/**
 * The contract at run time: `paas.v1.ProcessService` as grpc-js wants it.
 *
 * @module
 */
import { makeClientConstructor } from "./grpc.ts";
import { Buffer } from "node:buffer";
import { definition } from "./definition.ts";
import type { ProtoGrpcType } from "./gen/paas.ts";
import type { AttachResponse } from "./gen/paas/v1/AttachResponse.ts";
import type { GetLogsResponse } from "./gen/paas/v1/GetLogsResponse.ts";
import type { ProcessServiceDefinition } from "./gen/paas/v1/ProcessService.ts";

/** The client class and the service definition. */
export const ProcessService = makeClientConstructor(
  definition("paas.v1", "ProcessService"),
  "ProcessService",
) as unknown as ProtoGrpcType["paas"]["v1"]["ProcessService"];

const { service } = ProcessService;

/** A serializer that takes messages, or bytes that are one already. */
type RawSerializer<Message> = (message: Message | Uint8Array) => Buffer;

/** {@linkcode processService}'s own calls of logs. */
type RawCalls = {
  GetLogs: { responseSerialize: RawSerializer<GetLogsResponse> };
  Attach: { responseSerialize: RawSerializer<AttachResponse> };
};

function raw<Message>(encode: (message: Message) => Buffer): RawSerializer<Message> {
  return (message) => {
    if (Buffer.isBuffer(message)) return message; // as it is: a compressed one copies itself into its frame
    if (message instanceof Uint8Array) return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    return encode(message);
  };
}

/**
 * What the daemon serves: the service with calls of logs that send bytes as they are. The records of a log file are the
 * wire form of `chunks`, of {@linkcode GetLogsResponse} as of {@linkcode AttachResponse}, so a slice of the file needs no
 * encoding.
 */
export const processService:
  & Omit<ProcessServiceDefinition, keyof RawCalls>
  & {
    [Call in keyof RawCalls]: Omit<ProcessServiceDefinition[Call], "responseSerialize"> & RawCalls[Call];
  } = {
    ...service,
    GetLogs: { ...service.GetLogs, responseSerialize: raw(service.GetLogs.responseSerialize) },
    Attach: { ...service.Attach, responseSerialize: raw(service.Attach.responseSerialize) },
  };
