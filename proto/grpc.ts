/**
 * grpc-js, loaded after the repair of `node:http2` that it needs here. Everything takes grpc-js from this module, so that
 * the order is always right.
 *
 * @module
 */
import "./patches/http2_goaway.ts";

export * from "@grpc/grpc-js";
