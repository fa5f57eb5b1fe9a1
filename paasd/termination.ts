/**
 * Signals that end the daemon.
 *
 * @module
 */

/**
 * Time within which a second signal counts as a repeat, in milliseconds: terminals and task runners send some twice.
 */
const REPEAT_MS = 300;

/**
 * Calls `first` at the first SIGTERM or SIGINT, and `again` at each later one. Repeats within 300 ms count as one.
 *
 * @returns An object that gives the signals back to the runtime when it is disposed of.
 */
export function onTermination(first: () => void, again: () => void): Disposable {
  let last: number | undefined;
  const listener = () => {
    const now = performance.now();
    const repeated = last !== undefined && now - last < REPEAT_MS;
    const call = last === undefined ? first : again;
    last = now;
    if (!repeated) call();
  };
  const signals = ["SIGTERM", "SIGINT"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) Deno.removeSignalListener(signal, listener);
    },
  };
}

/**
 * Makes a function that tells whether the terminal is gone that the program was started in. The kernel takes a terminal
 * from its processes before it sends them SIGHUP. A program whose stdin is no terminal at the start has none to lose.
 */
export function terminalGone(stdin: Pick<typeof Deno.stdin, "isTerminal"> = Deno.stdin): () => boolean {
  const hadTerminal = stdin.isTerminal();
  return () => hadTerminal && !stdin.isTerminal();
}
