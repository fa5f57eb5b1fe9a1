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
import { makeClientConstructor, type MethodDefinition } from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import protobuf from "protobufjs";
import type { ProtoGrpcType } from "./gen/paas.ts";
import type { AttachResponse } from "./gen/paas/v1/AttachResponse.ts";
import type { GetLogsResponse } from "./gen/paas/v1/GetLogsResponse.ts";
import type { ProcessServiceDefinition } from "./gen/paas/v1/ProcessService.ts";
import { checkWire } from "./strict_wire.ts";
import source from "./paas/v1/paas.proto" with { type: "text" };

const root = new protobuf.Root();
for (const imported of ["google/protobuf/duration.proto", "google/protobuf/timestamp.proto"]) {
  root.addJSON(protobuf.common.get(imported)?.nested ?? {});
}
protobuf.parse(source, root);
root.resolveAll();

/** How messages look in TypeScript; `deno task gen` makes the types of `gen/` with the same choices. */
const STYLE: protobuf.IConversionOptions = { longs: Number, enums: String, defaults: true, oneofs: true };

/** How a message becomes bytes. */
function serializer(type: protobuf.Type) {
  return (message: object): Buffer => type.encode(type.fromObject(message)).finish() as Buffer;
}

/** How bytes become a message. */
function deserializer(type: protobuf.Type) {
  return (bytes: Uint8Array): object => type.toObject(type.decode(bytes), STYLE);
}

/** What a call gets for a request that cannot be decoded. */
export class MalformedRequest {
  /** @param reason What is wrong with its bytes */
  constructor(readonly reason: string) {}
}

/**
 * How the bytes of a request become a message, or a {@linkcode MalformedRequest}. It does not throw: grpc-js would answer
 * INTERNAL by itself, and the daemon would not know of the call.
 */
function receiver(type: protobuf.Type) {
  const decode = deserializer(type);
  return (bytes: Uint8Array): object => {
    try {
      checkWire(type, bytes);
      return decode(bytes);
    } catch (error) {
      return new MalformedRequest((error as Error).message);
    }
  };
}

/**
 * The service definition, as `proto-loader` would make it. Not by `proto-loader` itself: every `paasc` would load and run
 * what only server reflection needs, a tenth of the time that it takes to start.
 */
function definition(service: protobuf.Service): Record<string, MethodDefinition<object, object>> {
  return Object.fromEntries(service.methodsArray.map((method) => {
    const [request, response] = [method.resolvedRequestType!, method.resolvedResponseType!];
    return [method.name, {
      path: `/${service.fullName.slice(1)}/${method.name}`,
      originalName: method.name[0]!.toLowerCase() + method.name.slice(1),
      requestStream: method.requestStream ?? false,
      responseStream: method.responseStream ?? false,
      requestSerialize: serializer(request),
      requestDeserialize: receiver(request),
      responseSerialize: serializer(response),
      responseDeserialize: deserializer(response),
    }];
  }));
}

const contract = definition(root.lookupService("paas.v1.ProcessService"));

/** The client class and the service definition. */
export const ProcessService = makeClientConstructor(
  contract,
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
