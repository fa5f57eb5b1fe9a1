/**
 * The configuration file of the daemon, `paasd.toml`: the flags without their dashes.
 *
 * ```toml
 * listen = "0.0.0.0:50051"
 * tls-cert = "server.crt"     # relative paths start from the file's directory
 * max-log-bytes = "2G"
 * ```
 *
 * @module
 */
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { parse, TomlError } from "smol-toml";
import { UsageError } from "../errors.ts";
import { FLAGS } from "./flags.ts";

/** Maximum distance of an unknown key from a flag, in characters, for a hint. */
const MAX_TYPO = 3;

/**
 * Parses a configuration file: returns the text of each flag in it.
 *
 * @param path The path of the file, for errors.
 * @throws {UsageError} When the text is not TOML, or has an unknown key or a value of a wrong type.
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
    // Only the part before "=" is shown: a wrong value may be a secret of another file.
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

/** Converts a value to the text of its flag. */
function toText(value: unknown): string | undefined {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(",");
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}

/** A hint at the key that the operator probably meant. */
function nearest(key: string): string {
  const [name, distance] = Object.keys(FLAGS)
    .map((name) => [name, levenshteinDistance(key.replaceAll("_", "-"), name)] as const)
    .reduce((best, next) => next[1] < best[1] ? next : best);
  return distance <= MAX_TYPO ? ` (did you mean ${name}?)` : "";
}
