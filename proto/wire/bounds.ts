/**
 * The bounds of the fields of requests. `strict_wire.ts` checks them before anything is built from a request. The comments
 * of the `.proto` state them for people.
 *
 * The texts in a bound are parts of the sentence with which a request is refused.
 *
 * @module
 */

/** The bound of a text or of bytes. */
export interface Size {
  /** The name of the value. */
  readonly what: string;
  /** Maximum length, in bytes. */
  readonly bytes: number;
  /** An addition to the word "bytes", such as " with its name". */
  readonly of?: string;
  /** Whether the value is a path. Each part of a path may have {@linkcode MAX_NAME_BYTES}. */
  readonly path?: boolean;
  /** The remedy for a value that is too long. */
  readonly remedy?: string;
}

/** The bound of a repeated field. */
export interface List {
  /** The name of the elements, in the plural. */
  readonly what: string;
  /** Maximum number of elements. */
  readonly count: number;
  /** The bound of each element, if elements have a length. */
  readonly element?: Size;
  /** The bound of the first element, if it differs from the others. */
  readonly first?: Size;
  /** The sum to which the elements are added. */
  readonly sum?: Sum;
}

/** The bound of a map. It limits each key and value, or each pair with a "=" between. */
export interface Entries {
  /** The name of the entries, in the plural. */
  readonly what: string;
  /** Maximum number of entries. An entry that is given twice counts twice. */
  readonly count: number;
  /** The bound of each key. */
  readonly key?: Size;
  /** The bound of each value. */
  readonly value?: Size;
  /** The bound of each pair. */
  readonly pair?: Size;
  /** The sum to which the pairs are added. */
  readonly sum?: Sum;
}

/** The common bound of several fields. */
export interface Sum {
  /** The names of the fields, with a capital letter. */
  readonly what: string;
  /** Maximum length of all elements together, in bytes. */
  readonly bytes: number;
  /** Number of bytes that each element counts more than its length. */
  readonly each: number;
}

/** The bound of a field. */
export type Bound = Size | List | Entries;

/** The bounds of fields, by the field's full name. */
export type Bounds = Readonly<Record<string, Bound>>;

/** A request exceeds a bound. The message is a sentence for the client. */
export class BoundError extends RangeError {
  override readonly name = "BoundError";
}

/** Maximum length of a part of a path, in bytes: NAME_MAX of limits.h. */
export const MAX_NAME_BYTES = 255;

/** Maximum length of a path, in bytes without NUL: PATH_MAX of limits.h. */
const MAX_PATH_BYTES = 4_095;

/** Maximum length of an argument, in bytes without NUL: MAX_ARG_STRLEN of execve(2). */
const MAX_ARGUMENT_BYTES = 131_071;

/**
 * Maximum length of a variable with its name, in bytes. The daemon first passes the variable on under a longer name of its
 * own (`worker/child/launch.ts`).
 */
const MAX_VARIABLE_BYTES = MAX_ARGUMENT_BYTES - 8;

/**
 * The space of execve(2) for all strings together: a quarter of the stack, which usually has 8 MiB. Each string takes 9
 * more bytes, for its NUL and for the pointer to it.
 */
const COMMAND: Sum = { what: "The arguments and variables", bytes: 2 * 1024 * 1024, each: 9 };

const PROCESS_ID: Size = { what: "process id", bytes: 36, remedy: "use one that Exec has given" };
const NAME: Size = { what: "name", bytes: 63 };
const USER: Size = { what: "user id", bytes: 64 };
const PATTERN: Size = { what: "pattern", bytes: 1_024 };
const LABELS: Entries = {
  what: "labels",
  count: 64,
  key: { what: "key of the label", bytes: 63 },
  value: { what: "value of the label", bytes: 255 },
};

const CONTRACT: Bounds = {
  "ExecRequest.args": {
    what: "arguments",
    count: 65_536, // about 2 MiB of ordinary file names; the daemon keeps each in several lists
    first: { what: "program's name", bytes: MAX_PATH_BYTES, path: true },
    element: { what: "argument", bytes: MAX_ARGUMENT_BYTES },
    sum: COMMAND,
  },
  "ExecRequest.env": {
    what: "variables",
    count: 4_096, // an ordinary environment has a few dozen
    pair: { what: "variable", bytes: MAX_VARIABLE_BYTES, of: " with its name" },
    sum: COMMAND,
  },
  "ExecRequest.cwd": { what: "working directory", bytes: MAX_PATH_BYTES, path: true },
  "ExecRequest.name": NAME,
  "ExecRequest.labels": LABELS,
  "ExecRequest.request_id": { what: "request_id", bytes: 128 },
  "ExecRequest.again_of": PROCESS_ID,
  "Terminal.type": { what: "type of the terminal", bytes: 64 },
  "GetLogsRequest.process_id": PROCESS_ID,
  "Grep.pattern": PATTERN,
  "UntilMatch.pattern": PATTERN,
  "GetStatusRequest.process_id": PROCESS_ID,
  "StopRequest.process_id": PROCESS_ID,
  "WaitRequest.process_id": PROCESS_ID,
  "SignalRequest.process_id": PROCESS_ID,
  "ListRequest.states": { what: "states", count: 3 }, // all there are
  "ListRequest.name": NAME,
  "ListRequest.labels": LABELS,
  "ListRequest.id_prefix": { what: "id_prefix", bytes: 36 },
  "ListRequest.page_token": { what: "page_token", bytes: 64, remedy: "use one that List has given" },
  "ListRequest.owner": USER,
  "RemoveRequest.process_id": PROCESS_ID,
  "AttachRequest.process_id": PROCESS_ID,
  "AttachRequest.input": { what: "input of a message", bytes: 256 * 1024 }, // grpc-js receives 16 of them ahead
  "AttachRequest.writer": { what: "writer", bytes: 128 },
  "ShareRequest.process_id": PROCESS_ID,
  "ShareRequest.user": USER,
  "UnshareRequest.process_id": PROCESS_ID,
  "UnshareRequest.user": USER,
};

const HEALTH: Bounds = { "HealthCheckRequest.service": { what: "service", bytes: 255 } };

/** The bound of names in reflection requests: of files, services, messages and their parts. */
const SYMBOL: Size = { what: "name that is asked for", bytes: 255 };

const REFLECTION: Bounds = {
  "ServerReflectionRequest.host": { what: "host", bytes: 255 },
  "ServerReflectionRequest.file_by_filename": SYMBOL,
  "ServerReflectionRequest.file_containing_symbol": SYMBOL,
  "ServerReflectionRequest.all_extension_numbers_of_type": SYMBOL,
  "ServerReflectionRequest.list_services": SYMBOL,
  "ExtensionRequest.containing_type": SYMBOL,
};

/** The bounds of all fields of requests, by full name. `bounds_test.ts` checks that no field lacks one. */
export const BOUNDS: Bounds = {
  ...inPackage("paas.v1", CONTRACT),
  ...inPackage("grpc.health.v1", HEALTH),
  ...inPackage("grpc.reflection.v1", REFLECTION),
  ...inPackage("grpc.reflection.v1alpha", REFLECTION),
};

function inPackage(name: string, bounds: Bounds): Bounds {
  return Object.fromEntries(Object.entries(bounds).map(([field, bound]) => [`${name}.${field}`, bound]));
}
