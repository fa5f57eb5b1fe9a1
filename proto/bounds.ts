/**
 * How much each field of a request may have: what `strict_wire.ts` holds a message to before anything is built from it. The
 * comments of the `.proto` say the same to people.
 *
 * @module
 */

/** What a text, or bytes, may have. */
export interface Size {
  /** What it is, for a person. */
  readonly what: string;
  /** At most so many bytes. */
  readonly bytes: number;
  /** What these bytes are, for a person. */
  readonly of?: string;
  /** Whether it is a path: then each of its parts may have {@linkcode MAX_NAME_BYTES}. */
  readonly path?: boolean;
  /** What to do about it, for a person. */
  readonly remedy?: string;
}

/** What a repeated field may have. */
export interface List {
  /** What its elements are, for a person, in the plural. */
  readonly what: string;
  /** At most so many elements. */
  readonly count: number;
  /** What each element may have, if it has a size. */
  readonly element?: Size;
  /** What the first element may have, if it is another thing than the rest. */
  readonly first?: Size;
  /** What the elements count for, together with others. */
  readonly sum?: Sum;
}

/** What a map may have: its key and its value each, or as a pair with a "=" between. */
export interface Entries {
  /** What its entries are, for a person, in the plural. */
  readonly what: string;
  /** At most so many entries; one that is given twice counts twice. */
  readonly count: number;
  readonly key?: Size;
  readonly value?: Size;
  readonly pair?: Size;
  /** What the pairs count for, together with others. */
  readonly sum?: Sum;
}

/** What several fields may have together. */
export interface Sum {
  /** What they are, for a person, with a capital letter. */
  readonly what: string;
  /** At most so many bytes. */
  readonly bytes: number;
  /** Each element counts for so many more than it has. */
  readonly each: number;
}

/** What a field may have. */
export type Bound = Size | List | Entries;

/** The bounds of fields, by the field's full name. */
export type Bounds = Readonly<Record<string, Bound>>;

/** A request has more of something than it may. Its message is a sentence for who sent it. */
export class BoundError extends RangeError {
  override readonly name = "BoundError";
}

/** The longest part of a path: NAME_MAX of limits.h. */
export const MAX_NAME_BYTES = 255;

/** The longest path, without its NUL: PATH_MAX of limits.h. */
const MAX_PATH_BYTES = 4_095;

/** The longest argument, without its NUL: MAX_ARG_STRLEN of execve(2). */
const MAX_ARGUMENT_BYTES = 131_071;

/** The longest variable with its name: the daemon passes it on under a name of its own before (worker/child/launch.ts). */
const MAX_VARIABLE_BYTES = MAX_ARGUMENT_BYTES - 8;

/**
 * What execve(2) takes of all together where the stack may have 8 MiB, as it mostly may: a quarter, in which each string has
 * its NUL and a pointer to it.
 */
const COMMAND: Sum = { what: "The arguments and variables", bytes: 2 * 1024 * 1024, each: 9 };

const PROCESS_ID: Size = { what: "process id", bytes: 36, remedy: "use one that Exec has given" };
const NAME: Size = { what: "name", bytes: 63 };
const USER: Size = { what: "user id", bytes: 64 };
const LABELS: Entries = {
  what: "labels",
  count: 64,
  key: { what: "key of the label", bytes: 63 },
  value: { what: "value of the label", bytes: 255 },
};

const CONTRACT: Bounds = {
  "ExecRequest.args": {
    what: "arguments",
    count: 65_536, // some 2 MiB of ordinary file names; each is an element of a few lists in the daemon
    first: { what: "program's name", bytes: MAX_PATH_BYTES, path: true },
    element: { what: "argument", bytes: MAX_ARGUMENT_BYTES },
    sum: COMMAND,
  },
  "ExecRequest.env": {
    what: "variables",
    count: 4_096, // of a few dozen in ordinary environments
    pair: { what: "variable", bytes: MAX_VARIABLE_BYTES, of: " with its name" },
    sum: COMMAND,
  },
  "ExecRequest.cwd": { what: "working directory", bytes: MAX_PATH_BYTES, path: true },
  "ExecRequest.name": NAME,
  "ExecRequest.labels": LABELS,
  "ExecRequest.request_id": { what: "request_id", bytes: 128 },
  "Terminal.type": { what: "type of the terminal", bytes: 64 },
  "GetLogsRequest.process_id": PROCESS_ID,
  "GetStatusRequest.process_id": PROCESS_ID,
  "StopRequest.process_id": PROCESS_ID,
  "WaitRequest.process_id": PROCESS_ID,
  "SignalRequest.process_id": PROCESS_ID,
  "ListRequest.states": { what: "states", count: 3 }, // there are no more
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

/** Of a question of reflection: names of files, services, messages and their parts. */
const SYMBOL: Size = { what: "name that is asked for", bytes: 255 };

const REFLECTION: Bounds = {
  "ServerReflectionRequest.host": { what: "host", bytes: 255 },
  "ServerReflectionRequest.file_by_filename": SYMBOL,
  "ServerReflectionRequest.file_containing_symbol": SYMBOL,
  "ServerReflectionRequest.all_extension_numbers_of_type": SYMBOL,
  "ServerReflectionRequest.list_services": SYMBOL,
  "ExtensionRequest.containing_type": SYMBOL,
};

/** The bounds of all fields that a request can have. `bounds_test.ts` sees that there is one for each. */
export const BOUNDS: Bounds = {
  ...inPackage("paas.v1", CONTRACT),
  ...inPackage("grpc.health.v1", HEALTH),
  ...inPackage("grpc.reflection.v1", REFLECTION),
  ...inPackage("grpc.reflection.v1alpha", REFLECTION),
};

function inPackage(name: string, bounds: Bounds): Bounds {
  return Object.fromEntries(Object.entries(bounds).map(([field, bound]) => [`${name}.${field}`, bound]));
}
