/**
 * What others notice of an attack: how long they wait.
 *
 * @module
 */
import type { Daemon } from "./paas.ts";
import { RawClient } from "./raw_client.ts";
import { answer } from "../paasd/test_setting.ts";

/** From one answer to the next question, in milliseconds. */
const PAUSE_MS = 5;

/** Another user on a connection of their own, who asks who they are again and again. */
export class Bystander implements AsyncDisposable {
  readonly #client: RawClient;
  readonly #asking: Promise<void>;
  #over = false;
  /** When the question was asked whose answer has not come. */
  #asked: number | undefined;
  #answers = 0;
  #worst = 0;
  #failure: unknown;

  constructor(daemon: Pick<Daemon, "address">, as = "bob") {
    this.#client = new RawClient(daemon, { as });
    this.#asking = this.#ask().catch((error) => void (this.#failure = error));
  }

  async #ask(): Promise<void> {
    while (!this.#over) {
      this.#asked = performance.now();
      await answer((callback) => this.#client.service.WhoAmI({}, callback));
      this.#worst = this.worstDelay;
      this.#asked = undefined;
      this.#answers++;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** How many answers have come. */
  get answers(): number {
    return this.#answers;
  }

  /**
   * The longest wait so far, in milliseconds, that for the next answer included.
   *
   * @throws whatever a call has failed with.
   */
  get worstDelay(): number {
    if (this.#failure) throw this.#failure;
    return Math.max(this.#worst, this.#asked === undefined ? 0 : performance.now() - this.#asked);
  }

  /** Begins to measure anew. */
  forget(): void {
    this.#worst = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#asking;
    await this.#client[Symbol.asyncDispose]();
  }
}
