/**
 * The lines that verbs print after they have written files.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import type { Directory } from "../directory.ts";

/** The files that were written, with the end of each certificate, and those that were kept under dated names. */
export async function report(directory: Directory, written: readonly string[], kept: readonly string[]) {
  const lines = [`Wrote to ${await Deno.realPath(directory.path)}:`];
  for (const name of written) {
    const end = name.endsWith(".crt") ? endOf(await directory.read(name) ?? "") : "";
    lines.push(`  ${name}${end}`);
  }
  if (kept.length > 0) lines.push("Kept what was there before:", ...kept.map((name) => `  ${name}`));
  return [...lines, ...await directory.advice()].join("\n");
}

function endOf(cert: string): string {
  return `  until ${new X509Certificate(cert).validToDate.toISOString().slice(0, 10)}`;
}
