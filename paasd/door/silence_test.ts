import { assertEquals } from "@std/assert";
import { until } from "../../tests/support/until.ts";
import { cutWhenSilent } from "./silence.ts";

/** A connection on which only time passes. */
class Line {
  bytesRead = 0;
  destroyed = false;
  #close = () => {};

  once(_event: "close", listener: () => void): this {
    this.#close = listener;
    return this;
  }

  destroy(): this {
    this.destroyed = true;
    this.#close();
    return this;
  }
}

Deno.test("cutWhenSilent() cuts a connection from which nothing comes, and none from which a byte does", async () => {
  const [silent, slow] = [new Line(), new Line()];
  let looks = 0;
  const counted = {
    get bytesRead() {
      looks++;
      return slow.bytesRead += looks % 5 === 0 ? 1 : 0;
    },
    once: slow.once.bind(slow),
    destroy: slow.destroy.bind(slow),
  };
  for (const socket of [silent, counted]) cutWhenSilent(socket as never, 1);
  await until("the silent one is cut", () => silent.destroyed);
  await until("there were many looks", () => looks > 100);
  assertEquals(slow.destroyed, false);
  slow.destroy();
});
