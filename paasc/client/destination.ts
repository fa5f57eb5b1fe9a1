/**
 * The daemon that a program wants to connect to, and the certificates that it shows.
 *
 * @module
 */
import type { Destination } from "../connection/connect.ts";
import { chosenContext } from "../settings/contexts.ts";
import { PaasError } from "../errors.ts";
import { settingsFrom } from "../settings/settings.ts";
import { variable } from "../words/platform.ts";

/**
 * The address of the daemon and the certificates of the client. Defaults are those of `paasc`: the environment
 * (`PAASC_SERVER`, `PAASC_CA` and so on), then the context in `paasc.toml`, then the development certificates. The
 * environment and the configuration file are read only when one of the first four options is missing.
 */
export interface DestinationOptions {
  /** The address of the daemon, `HOST:PORT`. */
  readonly server?: string | undefined;
  /** The CA that signed the daemon's certificate: the path of a PEM file, or PEM text. */
  readonly ca?: string | undefined;
  /** The client's certificate, which determines the user: a path, or PEM text. A file is read for each new connection. */
  readonly cert?: string | undefined;
  /** The private key of the certificate: a path, or PEM text. */
  readonly key?: string | undefined;
  /** The name of a context in `paasc.toml`; see `paasc context`. */
  readonly context?: string | undefined;
}

/**
 * The destination that follows from the options.
 *
 * @throws {PaasError} When the context does not exist, some of the certificates are PEM and others are paths, or the
 *   environment may not be read
 */
export async function destinationFrom({ context, ...given }: DestinationOptions): Promise<Destination> {
  const { server, ca, cert, key } = given;
  const all = server !== undefined && ca !== undefined && cert !== undefined && key !== undefined;
  const destination = all
    ? { server, ca, cert, key }
    : settingsFrom({ server, ca, cert, key }, environment, await chosenContext(context, environment));
  const pem = { ca: destination.ca, cert: destination.cert, key: destination.key };
  const texts = Object.values(pem).filter((text) => text.includes("-----BEGIN "));
  if (texts.length === 0) return destination;
  if (texts.length < 3) {
    throw new PaasError("invalid-argument", "ca, cert and key must all be PEM, or all be the paths of files");
  }
  const file = "that was given";
  return { server: destination.server, ca: file, cert: file, key: file, pem };
}

function environment(name: string): string | undefined {
  try {
    return variable(name);
  } catch (cause) {
    const remedy = `give all of server, ca, cert and key, or run with --allow-env=${name}`;
    throw new PaasError("permission-denied", `the variable ${name} may not be read: ${remedy}`, { cause });
  }
}
