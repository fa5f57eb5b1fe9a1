/**
 * The client library of Paas; `@paas/paasc/client` is the same module. The program `paasc` is `main.ts`.
 *
 * @module
 */
export * from "./client/client.ts";
