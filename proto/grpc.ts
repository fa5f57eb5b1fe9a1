/**
 * grpc-js with the workaround for `node:http2`, which must be loaded first. All modules import grpc-js from here, so that
 * the order is always right.
 *
 * @module
 */
export { sessionsClosed } from "./patches/http2_goaway.ts";

export * from "@grpc/grpc-js";
