/**
 * Compares what a page shows with what a program has printed.
 *
 * @module
 */

/** What differs from run to run, and the word that stands for it. The order counts: the longer forms come first. */
const SHAPES: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<id>"],
  [/\b[0-9a-f]{28,64}\b/g, "<digits>"], // a SHA-256, a serial number
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<time>"],
  [/\b\d{4}-\d\d-\d\d\b(?:\.\d\b)?/g, "<date>"], // with the number of a file of that day
  [/\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [A-Z]+ \d{4}\b/g, "<time>"], // date(1)
  [/\b[0-9a-f]{8}\b/g, "<id>"],
  [/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+\b/g, "<duration>"],
  [/\b(Pid: )\d+\b/gi, "$1<pid>"],
];

/** A line without what differs from run to run. The width of a column depends on that, too. */
export function shape(line: string): string {
  const shaped = SHAPES.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), line);
  return shaped.replaceAll(/ {2,}/g, "  ").trimEnd();
}

/** Whether a printed line is what a page shows. In the page `…` stands for anything. */
export function isLine(shown: string, printed: string): boolean {
  const parts = shape(shown).split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(shape(printed));
}

/** The lines of a text, without the end of the last line and without empty lines at the end. */
export function linesOf(text: string): string[] {
  const stripped = text.replace(/\s+$/, "");
  return stripped === "" ? [] : stripped.split("\n");
}

/** What a command has printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Whether the lines that a page shows are those of stdout and those of stderr. Each must be in its order; between the two
 * there is none, because they are two pipes.
 *
 * @param beginning True if more lines may follow
 */
export function matches(shown: readonly string[], printed: Printed, beginning = false): boolean {
  const [stdout, stderr] = [linesOf(printed.stdout), linesOf(printed.stderr)];
  if (!beginning && stdout.length + stderr.length !== shown.length) return false;
  // All numbers of lines of stdout that, with lines of stderr, can be the lines shown so far.
  let taken = new Set([0]);
  shown.forEach((line, index) => {
    const next = new Set<number>();
    for (const out of taken) {
      const [nextOut, nextErr] = [stdout[out], stderr[index - out]];
      if (nextOut !== undefined && isLine(line, nextOut)) next.add(out + 1);
      if (nextErr !== undefined && isLine(line, nextErr)) next.add(out);
    }
    taken = next;
  });
  return taken.size > 0;
}
