/**
 * Copies files between this machine and the daemon's, by programs that run there.
 *
 * No shell is involved, and no path is an option there: each stands behind `-C` or begins with `./` or `/`.
 *
 * @module
 */
import { Client } from "../client/client.ts";
import { noteTo, type Output, print } from "../print/output.ts";
import type { Settings } from "../settings/settings.ts";
import { copyFailure, localFailure } from "./failure.ts";
import { type Place, type Source, sourceOf } from "./place.ts";
import { Progress } from "./progress.ts";
import { receive } from "./receive.ts";
import { Remote } from "./remote.ts";
import { pack } from "./send.ts";

/** Options of a copy. */
export interface CopyOptions {
  readonly source: Place;
  readonly destination: Place;
  readonly settings: Settings;
  /** Gets the tar stream in place of the destination. */
  readonly stdout?: Output | undefined;
  readonly stderr: Output;
  /** Whether to show how far the copy is, on stderr. */
  readonly progress: boolean;
  /** Ends the copy, which then throws the reason. */
  readonly signal: AbortSignal;
}

/**
 * Copies.
 *
 * @returns Whether all was copied; stderr tells what was not
 * @throws {ExitError} When the copy fails
 * @throws {PaasError} When Paas fails
 */
export async function copy({ source, destination, ...options }: CopyOptions): Promise<boolean> {
  const { stderr, stdout, signal } = options;
  const progress = new Progress(options.progress ? stderr : undefined);
  const toStderr = noteTo(stderr);
  const note = (sentence: string) => {
    progress.clear();
    toStderr(sentence);
  };
  const { server, ca, cert, key } = options.settings;
  try {
    if (destination.remote) await checkReadable(source.path);
    await using client = await Client.connect({ server, ca, cert, key, onNote: note, signal });
    const ending = new AbortController();
    const remote = new Remote(client, note, AbortSignal.any([signal, ending.signal]));
    if (destination.remote) return await send(remote, source.path, destination.path, note, progress);
    const from = sourceOf(source.path);
    const output = remote.output(packing(from));
    try {
      const bytes = counted(output, progress);
      if (!stdout) return await receive(ReadableStream.from(bytes), from, destination.path, note);
      for await (const piece of bytes) await print(stdout, piece);
      return true;
    } finally {
      // After a failure the process is stopped and removed while there is a connection.
      ending.abort();
      await output.return().catch(() => {});
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    progress.clear();
  }
}

/** The command that packs a source on the daemon's machine. GNU tar takes a backslash in a name for an escape. */
function packing({ directory, name }: Source): string[] {
  const literally = name.includes("\\") ? ["--no-unquote"] : [];
  return ["tar", "-c", "-f", "-", "-C", named(directory), ...literally, "--", name === "." ? "." : `./${name}`];
}

/** The command that unpacks a stream in a directory there: modes are kept, owners are not. */
function unpacking(directory: string): string[] {
  return ["tar", "-x", "-p", "-o", "-f", "-", "-C", named(directory)];
}

/** A path that no program takes for an option. */
function named(path: string): string {
  return path.startsWith("/") ? path : `./${path}`;
}

/** Fails early, before anything is asked of the daemon. */
async function checkReadable(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (cause) {
    throw localFailure("read", path, cause);
  }
}

async function send(
  remote: Remote,
  path: string,
  destination: string,
  note: (sentence: string) => void,
  progress: Progress,
): Promise<boolean> {
  const source = sourceOf(path);
  const isDirectory = source.name === "." || (await Deno.lstat(path)).isDirectory;
  const into = await remote.run(["test", "-d", named(destination)]) === 0;
  if (!into && isDirectory && await remote.run(["test", "-e", named(destination)]) === 0) {
    throw copyFailure(`:${destination} is no directory, and ${path} is one`);
  }
  if (!into && !isDirectory && destination.endsWith("/")) throw copyFailure(`there is no directory :${destination}`);
  const to = sourceOf(destination.replace(/(?<=.)\/+$/, ""));
  const [directory, name] = into ? [destination, source.base ?? "."] : [to.directory, to.name];
  // A single file gets its name when it is whole.
  const draft = isDirectory ? undefined : `.paasc-${crypto.randomUUID()}`;
  const sending = pack(path, name === "." ? "." : `./${draft ?? name}`, note);
  const stream = ReadableStream.from(counted(sending.stream, progress));
  if (!draft) {
    await remote.input(unpacking(directory), stream);
    return sending.isWhole();
  }
  const place = (name: string) => named(directory.endsWith("/") ? directory + name : `${directory}/${name}`);
  try {
    await remote.input(unpacking(directory), stream);
    if (!sending.isWhole()) return false;
    if (into && await remote.run(["test", "-d", place(name)]) === 0) {
      throw copyFailure(`:${directory}/${name} is a directory, and ${path} is none`);
    }
    if (await remote.run(["mv", "-f", "--", place(draft), place(name)]) === 0) return true;
    throw copyFailure(`:${destination} was not replaced`);
  } catch (error) {
    await remote.cleanUp(["rm", "-f", "--", place(draft)]);
    throw error;
  }
}

async function* counted(
  stream: AsyncIterable<Uint8Array<ArrayBuffer>>,
  progress: Progress,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  for await (const bytes of stream) {
    progress.add(bytes.length);
    yield bytes;
  }
}
