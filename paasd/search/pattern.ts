/**
 * Regular expressions for searches in logs.
 *
 * The engine is re2js, whose parser and automaton are used, and not its loop: the loop here stops after a bounded amount of
 * work, and goes on where it stopped. So no pattern and no line makes the daemon wait.
 *
 * @module
 */
import type { LineSearch } from "@paas/worker/records";
import { InvalidArgumentError } from "../errors.ts";
import { expandedSize, setsIn } from "./pattern_size.ts";
import { Utf8Character } from "./utf8_character.ts";

/** Maximum number of instructions of a compiled pattern. A literal pattern has two more than characters. */
const MAX_INSTRUCTIONS = 1_100;

/** Maximum number of borders of ranges of characters in all instructions of a pattern. */
const MAX_BORDERS = 100_000;

/** Maximum number of sets of characters beyond ASCII in a pattern. The compiler takes up to 5 ms for each. */
const MAX_SETS = 4;

/**
 * Maximum size of a pattern that is compiled at all, as {@linkcode expandedSize} estimates it. The engine joins
 * alternatives with a common beginning, so a pattern of this size may have fewer than the maximum number of instructions.
 */
const MAX_EXPANDED_SIZE = 4 * MAX_INSTRUCTIONS;

/** The reason why a pattern with such repetitions is too large. */
const REPEATED = "its repetitions multiply its size";

/** Maximum size of the states of an automaton, in bytes by the engine's own count, which is about half of the truth. */
const MAX_STATE_BYTES = 256 * 1024;

/** Maximum work until a search lets others work. One unit is a byte that the automaton has a way for: some nanoseconds. */
const MAX_WORK = 64 * 1024;

/** Work for a line, for a byte beyond ASCII, for a new state of an automaton, and for each instruction in that. */
const LINE_WORK = 32;
const CHARACTER_WORK = 8;
const STATE_WORK = 256;
const INSTRUCTION_WORK = 24;

/** The engine's number of the instruction that stands at the end of a match. */
const MATCH = 6;

/** The assertions that hold at the beginning of a text, as the engine numbers them: of the line and of the text. */
const AT_BEGINNING = 0b101;

/** The engine's mark for the end of the text. */
const END_OF_TEXT = -1;

const CARRIAGE_RETURN = 0x0d;
const REPLACEMENT = 0xfffd;

/** A state of the automaton: a set of instructions. */
interface State {
  readonly isMatch: boolean;
  readonly nfaStates: readonly number[];
  /** The next state for each class of characters, as far as they are known. */
  readonly next: readonly (State | null)[] | null;
}

/** The automaton of the engine, which makes states when they are needed. */
interface Automaton {
  memBudget: number;
  stateBudget: number;
  readonly numClasses: number;
  readonly latin1Class: Int32Array;
  readonly prog: { readonly start: number; getInst(instruction: number): { readonly op: number } };
  runeClass(character: number): number;
  makeState(instructions: readonly number[], assertions: number, ids: readonly number[]): State | null;
  step(state: State, characterClass: number, character: number, anchor: 0): State | null;
  resetCache(state: State): State | null;
}

/** A compiled pattern. */
export interface Pattern {
  /** Makes a search. The searches of a pattern share its automaton. */
  search(): LineSearch;
}

/**
 * Compiles a pattern.
 *
 * @throws {InvalidArgumentError} When it is no regular expression, or is too large.
 *
 * @example
 * ```ts
 * import { compilePattern } from "./pattern.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const line = new TextEncoder().encode("request 17 failed");
 * const search = (await compilePattern("fail(ed|ure)$", { ignoreCase: false })).search();
 * search.begin();
 * assertEquals(search.search(line, 0, line.length), line.length);
 * assertEquals(search.end(), true);
 * ```
 */
export async function compilePattern(text: string, { ignoreCase }: { ignoreCase: boolean }): Promise<Pattern> {
  if (text === "") throw new InvalidArgumentError("The pattern is empty: give a regular expression");
  if (setsIn(text) > MAX_SETS) {
    throw tooLarge(`it has more than ${MAX_SETS} Unicode classes and ranges beyond ASCII`);
  }
  if (expandedSize(text) > MAX_EXPANDED_SIZE) throw tooLarge(REPEATED);
  const { RE2JS, RE2JSException } = await import("re2js"); // slow to load, and needed for searches alone
  let expression: InstanceType<typeof RE2JS>;
  try {
    expression = RE2JS.compile(text, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new InvalidArgumentError(`The pattern is no regular expression in the syntax of RE2: ${error.message}`);
  }
  const { prog } = expression.re2Input;
  let borders = 0;
  for (let pc = 0; pc < prog.numInst(); pc++) borders += prog.getInst(pc).runes?.length ?? 0;
  if (prog.numInst() > MAX_INSTRUCTIONS || borders > MAX_BORDERS) throw tooLarge(REPEATED);
  const automaton = expression.re2Input.dfa as unknown as Automaton; // the engine declares no more than its matching
  automaton.memBudget = automaton.stateBudget = MAX_STATE_BYTES;
  return { search: () => new PatternSearch(automaton) };
}

function tooLarge(why: string): InvalidArgumentError {
  return new InvalidArgumentError(`The pattern is too large: ${why}; give a simpler one`);
}

/** A search that can stop anywhere in a line, and go on later. */
class PatternSearch implements LineSearch {
  readonly #automaton: Automaton;
  #beginning: State;
  #state: State;
  #matched = false;
  #work = 0;
  readonly #character = new Utf8Character();
  /** Whether the last byte was a carriage return. It does not count if it is the end of the line. */
  #atReturn = false;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
    this.#beginning = this.#state = this.#makeBeginning();
  }

  begin(): void {
    this.#state = this.#beginning;
    this.#matched = this.#atReturn = false;
    this.#character.clear();
    this.#work += LINE_WORK;
  }

  search(bytes: Uint8Array, from: number, to: number): number {
    if (this.#matched) return to;
    if (this.#work > MAX_WORK && from < to) {
      this.#work = 0;
      return from;
    }
    if (this.#atReturn && from < to) {
      this.#atReturn = false;
      this.#step(CARRIAGE_RETURN);
    }
    const isLastReturn = from < to && bytes[to - 1] === CARRIAGE_RETURN;
    const end = isLastReturn ? to - 1 : to;
    const { latin1Class } = this.#automaton;
    const character = this.#character;
    let at = from;
    while (at < end && !this.#matched && this.#work <= MAX_WORK) {
      if (character.isPending || bytes[at]! >= 0x80) {
        // An invalid byte may end one character and begin the next.
        const { taken, code } = character.take(bytes[at]!);
        if (taken) at++;
        if (code !== undefined) this.#step(code);
        this.#work += CHARACTER_WORK;
        continue;
      }
      const begin = at;
      let state = this.#state;
      for (let byte; at < end && (byte = bytes[at]!) < 0x80; at++) {
        const { next: table } = state;
        if (table === null) break;
        const next = table[latin1Class[byte]!];
        if (!next || next.isMatch) break;
        state = next;
      }
      this.#state = state;
      this.#work += at - begin;
      if (at < end && bytes[at]! < 0x80) this.#step(bytes[at++]!);
    }
    if (at === end && isLastReturn && !this.#matched) {
      if (character.isPending) this.#step(REPLACEMENT);
      character.clear();
      this.#atReturn = true;
      return to;
    }
    return this.#matched ? to : at;
  }

  get matched(): boolean {
    const { prog } = this.#automaton;
    return this.#matched || this.#state.nfaStates.some((instruction) => prog.getInst(instruction).op === MATCH);
  }

  end(): boolean {
    if (!this.#matched && this.#character.isPending) this.#step(REPLACEMENT);
    if (!this.#matched) this.#step(END_OF_TEXT);
    return this.#matched;
  }

  /** Goes on by a character. */
  #step(character: number): void {
    const automaton = this.#automaton;
    const { latin1Class, numClasses } = automaton;
    const characterClass = character === END_OF_TEXT
      ? numClasses
      : latin1Class[character] ?? automaton.runeClass(character);
    const next = this.#state.next?.[characterClass] ?? this.#newState(characterClass, character);
    this.#state = next;
    this.#matched = next.isMatch;
    this.#work++;
  }

  #newState(characterClass: number, character: number): State {
    const automaton = this.#automaton;
    const state = this.#state;
    this.#work += STATE_WORK + INSTRUCTION_WORK * state.nfaStates.length + automaton.numClasses / 8;
    const next = automaton.step(state, characterClass, character, 0);
    if (next) return next;
    // There is no room for more states: the automaton forgets those that it has.
    const same = automaton.resetCache(state)!;
    this.#beginning = this.#makeBeginning();
    return automaton.step(same, characterClass, character, 0)!;
  }

  #makeBeginning(): State {
    const { prog: { start } } = this.#automaton;
    return this.#automaton.makeState([start], AT_BEGINNING, [])!;
  }
}
