/**
 * The runtime, Deno or Node: its files, its environment, and promises that both make. The client library runs on both, so
 * the modules beneath it use neither `Deno` nor `node:fs` themselves. The commands of `paasc` run on Deno alone.
 *
 * @module
 */

/** Deno's own interface; undefined on Node. */
const deno = (globalThis as { Deno?: typeof Deno }).Deno;

/** The environment on Node. The global needs no import: an import of `node:process` makes each start slower. */
const environment = () => (globalThis as { process?: { env: Record<string, string | undefined> } }).process!.env;

/** The reason why a file cannot be read. */
export type FileFault = "missing" | "not-a-directory" | "a-directory" | "denied" | "not-permitted";

/** Codes of Node's errors (errno(3)). */
const FAULTS: Readonly<Record<string, FileFault>> = {
  ENOENT: "missing",
  ENOTDIR: "not-a-directory",
  EISDIR: "a-directory",
  EACCES: "denied",
  EPERM: "denied",
};

/** Reads a text file. */
export async function readTextFile(path: string): Promise<string> {
  if (deno) return await deno.readTextFile(path);
  const { readFile } = await import("node:fs/promises");
  return await readFile(path, "utf8");
}

/** The reason for an error of {@linkcode readTextFile}; undefined when it is another one. */
export function faultOf(cause: unknown): FileFault | undefined {
  if (!deno) return FAULTS[(cause as { code?: string }).code ?? ""];
  if (cause instanceof deno.errors.NotFound) return "missing";
  if (cause instanceof deno.errors.NotADirectory) return "not-a-directory";
  if (cause instanceof deno.errors.IsADirectory) return "a-directory";
  if (cause instanceof deno.errors.PermissionDenied) return "denied";
  if (cause instanceof deno.errors.NotCapable) return "not-permitted";
  return undefined;
}

/**
 * The value of an environment variable.
 *
 * @throws {Error} When Deno's permissions do not allow to read it
 */
export function variable(name: string): string | undefined {
  return deno ? deno.env.get(name) : environment()[name];
}

/** A promise with its two functions. It is `Promise.withResolvers()`, which Node has from version 22 on. */
export function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: PromiseWithResolvers<T>["resolve"];
  let reject!: PromiseWithResolvers<T>["reject"];
  const promise = new Promise<T>((...functions) => [resolve, reject] = functions);
  return { promise, resolve, reject };
}

/** Resolves after this many milliseconds, or as soon as the signal is aborted. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const abort = () => resolve();
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) resolve();
  await promise;
  signal?.removeEventListener("abort", abort);
  clearTimeout(timer);
}
