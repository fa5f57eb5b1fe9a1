/**
 * Line editing for a process without a terminal. The terminal at stdin passes each key on, so that the keys that detach
 * arrive at once, and this module does what the terminal would do otherwise: it shows what is typed, and sends whole lines.
 *
 * @module
 */

/** Codes of the keys that a terminal itself obeys. */
const KEYS = { end: 0x04, backspace: 0x08, newline: 0x0a, return: 0x0d, kill: 0x15, word: 0x17, delete: 0x7f } as const;

const TAB = 0x09;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Yields the lines that are typed. Backspace erases a character, ctrl-w a word and ctrl-u the line; ctrl-d sends the begun
 * line or, at its beginning, ends the input.
 *
 * @param show Shows a text or bytes on the terminal
 */
export async function* typedLines(
  typed: AsyncIterable<Uint8Array>,
  show: (content: string | Uint8Array) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  let line: number[] = [];
  for await (const bytes of typed) {
    for (const byte of bytes) {
      switch (byte) {
        case KEYS.return:
        case KEYS.newline:
          show("\r\n");
          yield Uint8Array.from([...line, KEYS.newline]);
          line = [];
          break;
        case KEYS.end:
          if (line.length === 0) return;
          yield Uint8Array.from(line);
          line = [];
          break;
        case KEYS.backspace:
        case KEYS.delete:
          line = erased(line, /.$/su, show);
          break;
        case KEYS.word:
          line = erased(line, /\S*\s*$/u, show);
          break;
        case KEYS.kill:
          line = erased(line, /.*$/su, show);
          break;
        default:
          line.push(byte);
          show(byte < 0x20 && byte !== TAB ? `^${String.fromCharCode(byte + 0x40)}` : Uint8Array.of(byte));
      }
    }
  }
  if (line.length > 0) yield Uint8Array.from(line);
}

/** Erases the end of a line that matches, on the terminal as well, and returns the rest. */
function erased(line: readonly number[], end: RegExp, show: (text: string) => void): number[] {
  const text = decoder.decode(Uint8Array.from(line));
  const [gone = ""] = end.exec(text) ?? [];
  // Wide characters take two columns, and control characters are shown as two.
  const columns = [...gone].reduce((sum, each) => sum + (each < " " || each > "\u2e7f" ? 2 : 1), 0);
  show("\b \b".repeat(columns));
  return [...encoder.encode(text.slice(0, text.length - gone.length))];
}
