/**
 * The service `paas.v1.ProcessService` for grpc-js.
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

/** A serializer of messages. It passes on bytes that are a message already. */
type RawSerializer<Message> = (message: Message | Uint8Array) => Buffer;

/** The calls of {@linkcode processService} that accept encoded messages. */
type RawCalls = {
  GetLogs: { responseSerialize: RawSerializer<GetLogsResponse> };
  Attach: { responseSerialize: RawSerializer<AttachResponse> };
};

function raw<Message>(encode: (message: Message) => Buffer): RawSerializer<Message> {
  return (message) => {
    if (Buffer.isBuffer(message)) return message; // unchanged: a compressed message copies itself into its frame
    if (message instanceof Uint8Array) return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    return encode(message);
  };
}

/**
 * The service definition of the daemon. Its log calls also send bytes that are encoded already: a record of a log file has
 * the wire form of `chunks` in {@linkcode GetLogsResponse} and {@linkcode AttachResponse}, so a slice of the file is a
 * message.
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
