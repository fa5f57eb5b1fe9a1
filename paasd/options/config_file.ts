/**
 * The configuration file of the daemon, `paasd.toml`: the flags without their dashes.
 *
 * ```toml
 * listen = "0.0.0.0:50051"
 * tls-cert = "server.crt"     # relative paths count from the file's directory
 * max-log-bytes = "2G"
 * ```
 *
 * @module
 */
import { closestMatch } from "leven";
import { parse, TomlError } from "smol-toml";
import { UsageError } from "../errors.ts";
import { FLAGS } from "./flags.ts";

/** Maximum distance between a mistyped key and the key that a hint names, in edits. */
const MAX_SLIP = 3;

/**
 * Parses the text of a configuration file into the texts of flags, by their keys.
 *
 * @param path The path of the file, for errors
 * @throws {UsageError} When the text is not TOML, or has an unknown key or a value that no flag can have
 *
 * @example
 * ```ts
 * import { parseConfig } from "./config_file.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseConfig("paasd.toml", 'stop-grace = "5s"').get("stop-grace"), "5s");
 * ```
 */
export function parseConfig(path: string, text: string): Map<string, string> {
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [why] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    // The error shows the line up to its "=" only: the path may name another file by mistake, one with secrets.
    const line = text.split("\n")[error.line - 1]?.replace(/=.*/s, "").trim();
    throw new UsageError(`${path} is not valid TOML: ${why} (line ${error.line}: ${JSON.stringify(line)})`);
  }
  return new Map(
    Object.entries(document).map(([key, value]) => {
      if (!Object.hasOwn(FLAGS, key)) {
        throw new UsageError(`${path}: unknown key ${JSON.stringify(key)}${nearest(key)}`);
      }
      const text = toText(value);
      if (text === undefined) {
        throw new UsageError(`${path}: ${key} must be a text, a number, a truth value or a list of texts`);
      }
      return [key, text];
    }),
  );
}

/** Returns a value as the text of its flag, or `undefined` if no flag can have it. */
function toText(value: unknown): string | undefined {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(",");
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}

/** Returns a hint at the key that was probably meant. */
function nearest(key: string): string {
  const name = closestMatch(key.replaceAll("_", "-"), Object.keys(FLAGS), { maxDistance: MAX_SLIP });
  return name === undefined ? "" : ` (did you mean ${name}?)`;
}
