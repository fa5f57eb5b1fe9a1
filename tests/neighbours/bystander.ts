/**
 * What others notice of an attack: how long they wait.
 *
 * @module
 */
import type { RunningDaemon } from "../support/programs.ts";
import { RawClient } from "../support/raw_client.ts";
import { answer } from "../support/realm.ts";

/** From one answer to the next question, in milliseconds. */
const PAUSE_MS = 5;

/** A tick of proc(5): 100 a second on every Linux that the runtime is built for. */
const TICK_MS = 10;

/** How long somebody has waited. */
export interface Delay {
  /** Milliseconds. */
  readonly waited: number;
  /**
   * Milliseconds for which the daemon's own thread has worked in that time: that much is the daemon's doing, and not that of
   * a busy machine.
   */
  readonly worked: number;
}

/** A question whose answer has not come. */
interface Question {
  readonly time: number;
  readonly worked: number;
}

/** Another user on a connection of their own, who asks who they are again and again. */
export class Bystander implements AsyncDisposable {
  readonly #client: RawClient;
  readonly #pid: number;
  readonly #asking: Promise<void>;
  #over = false;
  #question: Question | undefined;
  #answers = 0;
  #worst: Delay = { waited: 0, worked: 0 };
  #failure: unknown;

  constructor({ address, pid }: Pick<RunningDaemon, "address" | "pid">, as: "alice" | "bob" = "bob") {
    this.#client = new RawClient({ address }, { as });
    this.#pid = pid;
    this.#asking = this.#ask().catch((error) => void (this.#failure = error));
  }

  async #ask(): Promise<void> {
    while (!this.#over) {
      this.#question = { time: performance.now(), worked: this.#worked() };
      await answer((callback) => this.#client.service.WhoAmI({}, callback));
      this.#worst = this.worst;
      this.#question = undefined;
      this.#answers++;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** How long the daemon's own thread, in which all JavaScript runs, has worked since its start. */
  #worked(): number {
    const stat = Deno.readTextFileSync(`/proc/${this.#pid}/task/${this.#pid}/stat`);
    const [user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11).map(Number);
    return (user! + system!) * TICK_MS;
  }

  /** How many answers have come. */
  get answers(): number {
    return this.#answers;
  }

  /**
   * The longest so far, that until the next answer included; of each number the largest.
   *
   * @throws whatever a call has failed with.
   */
  get worst(): Delay {
    if (this.#failure) throw this.#failure;
    if (!this.#question) return this.#worst;
    const { time, worked } = this.#question;
    return {
      waited: Math.max(this.#worst.waited, performance.now() - time),
      worked: Math.max(this.#worst.worked, this.#worked() - worked),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#asking;
    await this.#client[Symbol.asyncDispose]();
  }
}
