/** `paasc join`: makes the user's own key, and a context when its certificate has come. */
import type { Command } from "../../command.ts";
import { PaasError } from "../../errors.ts";
import { usageError } from "../../options/value.ts";
import { print } from "../../print/output.ts";
import type { ConfigFile } from "../../settings/contexts.ts";
import type { ContextSettings } from "../../settings/settings.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { fileFault, withoutMark } from "../../words/file_fault.ts";

const help = `Usage: paasc join [options] NAME

Becomes a user of a daemon, in two steps. NAME is the name that you ask for, and
the name of the new context. The private key never leaves this machine.

The first step, with --server, makes a private key, NAME.key, and a certificate request, NAME.csr,
beside the configuration file (see 'paasc context --help'). Only you can read the
key. Send the request to the operator of the daemon, who makes a certificate of it
by 'deno task certs sign', and compare the SHA-256 of the key that both of you see.

The operator sends back your certificate and that of the server CA. The second
step, with --cert and --ca, checks them and copies them beside the key: the
certificate must be one of this key, for clients, and valid now. The context NAME
is then ready. It becomes the current one if there was none.

No file is overwritten. With -o json, the first step prints an object with name,
server, key, request and keySha256, and the second one with name, server, user and
inUse. user is the SHA-256 of your certificate, by which a daemon knows you, unless
it was started with --identity.

Examples:
  paasc join carol --server paas.example.com:50051
  paasc join carol --cert carol.crt --ca server-ca.crt
`;

/** The command that every operator has. */
const SIGN = "deno task certs sign DIR";

/** Names that 'deno task certs' gives to files of its own. */
const RESERVED = ["server-ca", "client-ca", "server"];

export const join: Command = {
  name: "join",
  summary: "make your key, have it signed, and get a context",
  help,

  async run([name, ...more], { settings, given, stdout }) {
    const wrong = (sentence: string) => usageError("join", sentence);
    if (name === undefined) throw wrong("join needs a name");
    if (more.length > 0) throw wrong(`join takes one name, but there is '${more[0]}' too`);
    if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name) || RESERVED.includes(name)) {
      const form = "1 to 64 letters, digits, '.', '_' and '-', the first a letter or a digit";
      throw wrong(`'${name}' cannot be a user's name: take ${form}, and none of ${RESERVED.join(", ")}`);
    }
    if (given.key !== undefined) throw wrong("join makes the key itself: leave '--key' out");
    const { cert, ca, server } = given;
    if ((cert === undefined) !== (ca === undefined)) {
      throw wrong("option '--cert' needs '--ca', and '--ca' needs '--cert'");
    }
    if (cert === undefined && server === undefined) throw wrong("join needs '--server', or '--cert' and '--ca'");
    if (server !== undefined) (await import("../../connection/server_address.ts")).parseServerAddress(server);

    const { configPath, readConfigFile } = await import("../../settings/contexts.ts");
    const environment = (name: string) => Deno.env.get(name);
    const file = await readConfigFile(configPath(environment), environment("HOME"));
    if (file.path === undefined) {
      throw new PaasError("failed-precondition", "neither HOME nor XDG_CONFIG_HOME says where files can be kept");
    }
    const place = new Place(file, name);
    const { lines, ...facts } = cert === undefined
      ? await begin(place, server!)
      : await finish(place, { cert, ca: ca!, server }, environment("PAASC_CONTEXT"));
    await print(stdout, settings.output === "json" ? jsonLine({ name, ...facts }) : `${lines.join("\n")}\n`);
  },
};

/** The files of a user. */
class Place {
  readonly directory: string;
  readonly key: string;
  readonly request: string;
  readonly cert: string;
  readonly ca: string;

  constructor(readonly file: ConfigFile, readonly name: string) {
    this.directory = file.path!.slice(0, file.path!.lastIndexOf("/"));
    const path = `${this.directory}/${name}`;
    this.key = `${path}.key`;
    this.request = `${path}.csr`;
    this.cert = `${path}.crt`;
    this.ca = `${path}.ca.crt`;
  }

  context(server: string): ContextSettings {
    return { server, ca: this.ca, cert: this.cert, key: this.key };
  }
}

/** The first step. */
async function begin(place: Place, server: string) {
  const { name, key, request, file } = place;
  const { createContexts } = await import("../../settings/edit_contexts.ts");
  const { makeRequest } = await import("../../settings/certificate_request.ts");
  if (name !== "default" && file.contexts.has(name)) {
    const advice = `finish with --cert and --ca, take another name, or remove it by 'paasc context rm ${name}'`;
    throw new PaasError("already-exists", `there is a context '${name}' already: ${advice}`);
  }
  for (const path of [key, request]) {
    if (await exists(path)) throw taken(path);
  }
  const made = makeRequest(name);
  await Deno.mkdir(place.directory, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw notWritten(place.directory, cause);
  });
  await writeNew(key, made.key, 0o600);
  try {
    await writeNew(request, made.request, 0o644);
    await createContexts(file, new Map([[name, place.context(server)]]));
  } catch (error) {
    // Nobody has seen them, and another try may take their place.
    for (const path of [key, request]) await Deno.remove(path).catch(() => {});
    throw error;
  }
  const lines = [
    `Made your private key, ${key}, which stays here, and the request for its certificate.`,
    "",
    `Send this file to the operator of ${server}:`,
    `  ${request}`,
    "The operator types, with the directory of their certificates in place of DIR:",
    `  ${SIGN} ${name}.csr`,
    "and compares with you, by telephone for example, what that prints:",
    `  SHA-256 of the key: ${made.keySha256}`,
    "When you have got your certificate and that of the server CA:",
    `  paasc join ${name} --cert ${name}.crt --ca server-ca.crt`,
  ];
  return { server, key, request, keySha256: made.keySha256, lines };
}

/** The second step. */
async function finish(
  place: Place,
  given: { readonly cert: string; readonly ca: string; readonly server: string | undefined },
  chosen: string | undefined,
) {
  const { name, file } = place;
  const [key, cert, ca] = [await read(place.key, name), await read(given.cert), await read(given.ca)];
  const user = await check({ key, cert, ca }, { ...given, key: place.key });
  const server = given.server ?? file.contexts.get(name)?.server;
  if (server === undefined) {
    throw new PaasError("failed-precondition", `there is no context '${name}': say which daemon it is by --server`);
  }
  await writeNew(place.cert, cert, 0o644);
  await writeNew(place.ca, ca, 0o644);
  const edit = await import("../../settings/edit_contexts.ts");
  const { useContext } = await import("../../settings/use_context.ts");
  const { readConfigFile } = await import("../../settings/contexts.ts");
  const before = file.contexts.get(name);
  if (!before || Object.keys(before).length === 0) {
    await edit.createContexts(file, new Map([[name, place.context(server)]]));
  } else {
    await edit.setContext(file, name, place.context(server));
  }
  // The context 'default' of a file that does not define it stands for no context at all.
  const none = file.current === "default" && Object.keys(file.contexts.get("default") ?? {}).length === 0;
  if (none) await useContext(await readConfigFile(file.path, Deno.env.get("HOME")), name);
  const current = chosen || (none ? name : file.current);
  const inUse = current === name;
  const lines = [
    `The context '${name}' is ready${
      inUse ? " and in use" : `; '${current}' is in use: 'paasc context use ${name}' changes that`
    }.`,
    `Your user id, unless the daemon was started with --identity: ${user}`,
    `To try it: paasc ${inUse ? "" : `--context ${name} `}doctor`,
  ];
  return { server, user, inUse, lines };
}

/**
 * Checks that the files belong together and are of use.
 *
 * @returns The user id
 */
async function check(
  pem: { readonly key: string; readonly cert: string; readonly ca: string },
  files: { readonly key: string; readonly cert: string; readonly ca: string },
): Promise<string> {
  const { certificatesOf, invalidity, outOfDate, unusable, userOf } = await import("../../connection/certificates.ts");
  const bad = (sentence: string) => new PaasError("failed-precondition", sentence);
  const all = { files, pem };
  const fault = unusable(all);
  if (fault !== undefined) throw bad(fault.replace(/ \(--.*\)$/, "")); // which options choose other files
  const [own] = certificatesOf(pem.cert);
  const invalid = invalidity(own!, "clientAuth");
  if (invalid !== undefined) throw bad(`the certificate ${files.cert} is of no use: ${invalid}`);
  for (const ca of certificatesOf(pem.ca)) {
    if (!ca.ca) throw bad(`${files.ca} is not the certificate of a CA: ask the operator for that of the server CA`);
    const date = outOfDate(ca);
    if (date !== undefined) throw bad(`the server CA ${files.ca} is of no use: ${date}`);
  }
  return userOf(all)!;
}

async function read(path: string, name?: string): Promise<string> {
  try {
    return withoutMark(await Deno.readTextFile(path));
  } catch (cause) {
    const first = name !== undefined && cause instanceof Deno.errors.NotFound
      ? `; begin with 'paasc join ${name} --server HOST:PORT'`
      : "";
    throw new PaasError("failed-precondition", `cannot read ${path}: ${fileFault(cause)}${first}`, { cause });
  }
}

/**
 * Writes a new file. A file of the same content may stay: it is of an earlier try.
 *
 * @throws {PaasError} When there is another file of that name, or the file cannot be written
 */
async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) {
      if (!(cause instanceof Deno.errors.NotCapable)) await Deno.remove(path).catch(() => {});
      throw notWritten(path, cause);
    }
    const there = await Deno.readTextFile(path).catch(() => undefined);
    if (there !== undefined && withoutMark(there) === text) return;
    throw taken(path, cause);
  }
}

function notWritten(path: string, cause: unknown): PaasError {
  const why = cause instanceof Deno.errors.NotCapable
    ? "this paasc is not permitted to; run the installed paasc"
    : fileFault(cause);
  return new PaasError("failed-precondition", `cannot write ${path}: ${why}`, { cause });
}

function taken(path: string, cause?: unknown): PaasError {
  const advice = "and nothing is overwritten: take another name, or move it away";
  return new PaasError("already-exists", `${path} exists already, ${advice}`, { cause });
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, (error) => !(error instanceof Deno.errors.NotFound));
}
