import { Buffer } from "node:buffer";
import type { Output } from "../../../paasc/print/output.ts";

/** An output that keeps what is printed. */
export class Printed implements Output {
  readonly #pieces: Uint8Array[] = [];

  write(bytes: Uint8Array): Promise<number> {
    this.#pieces.push(bytes.slice());
    return Promise.resolve(bytes.length);
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(Buffer.concat(this.#pieces));
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }
}
