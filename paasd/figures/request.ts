/**
 * The little of HTTP/1.1 that a scraper and a health check need: one request and one answer for each connection.
 *
 * @module
 */
import type { Socket } from "node:net";

/** Maximum size of a request, in bytes. */
const MAX_REQUEST_BYTES = 8 * 1024;

/** The end of a request's headers. */
const END = "\r\n\r\n";

/** A request. */
export interface Request {
  readonly method: string;
  /** The path, without a query. */
  readonly path: string;
}

/** An answer. */
export interface Answer {
  readonly status: keyof typeof REASONS;
  readonly body: string;
  /** The media type; plain text by default. */
  readonly type?: string;
}

const REASONS = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

/** The methods that are answered. */
export const METHODS: readonly string[] = ["GET", "HEAD"];

/** Reads the head of one request; gives an answer for what is none. A body is never read. */
export async function readRequest(socket: Socket): Promise<Request | Answer> {
  let text = "";
  for await (const bytes of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    text += new TextDecoder("latin1").decode(bytes);
    if (text.includes(END)) return parseRequest(text);
    if (text.length > MAX_REQUEST_BYTES) return { status: 431, body: "the request is too large\n" };
  }
  return { status: 400, body: "the request is not complete\n" };
}

/**
 * Reads the first line of a request.
 *
 * @example
 * ```ts
 * import { parseRequest } from "./request.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseRequest("GET /metrics?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"), { method: "GET", path: "/metrics" });
 * ```
 */
export function parseRequest(text: string): Request | Answer {
  const [, method, path] = /^([A-Z]+) (\/[!-~]*) HTTP\/1\.[01]\r\n/.exec(text) ?? [];
  if (method === undefined || path === undefined) return { status: 400, body: "this is no request of HTTP/1.1\n" };
  return { method, path: path.split("?")[0]! };
}

/** Writes an answer, as the last one of its connection. */
export function formatAnswer({ status, body, type = "text/plain; charset=utf-8" }: Answer, method = "GET"): string {
  const headers = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    `Content-Type: ${type}`,
    `Content-Length: ${new TextEncoder().encode(body).length}`,
    ...status === 405 ? [`Allow: ${METHODS.join(", ")}`] : [],
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
  ];
  return `${headers.join("\r\n")}${END}${method === "HEAD" ? "" : body}`;
}
