/**
 * Which daemon a program wants to talk to, and as whom.
 *
 * @module
 */
import type { Destination } from "../connection/connect.ts";
import { chosenContext } from "../settings/contexts.ts";
import { PaasError } from "../errors.ts";
import { settingsFrom } from "../settings/settings.ts";

/**
 * Where to connect to, and as whom. What is not given comes from where `paasc` has it: the environment (`PAASC_SERVER`,
 * `PAASC_CA` and so on), the context, the development certificates. The environment and the configuration file are only
 * looked at when something is not given.
 */
export interface DestinationOptions {
  /** Where the daemon listens, `HOST:PORT`. */
  readonly server?: string | undefined;
  /** The CA that signed the daemon's certificate: the path of a PEM file, or PEM itself. */
  readonly ca?: string | undefined;
  /** The certificate that says who the user is: a path, or PEM. A path is read again for each new connection. */
  readonly cert?: string | undefined;
  /** Its private key: a path, or PEM. */
  readonly key?: string | undefined;
  /** A context of `paasc.toml`, by its name; see `paasc context`. */
  readonly context?: string | undefined;
}

/**
 * The destination that options come to.
 *
 * @throws {PaasError} When there is no such context, or some of the certificates are PEM and others are paths
 */
export async function destinationFrom({ context, ...given }: DestinationOptions): Promise<Destination> {
  const { server, ca, cert, key } = given;
  const environment = (name: string) => Deno.env.get(name);
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
