/**
 * The state of a process of the machine.
 *
 * @module
 */

/** Reports whether a process of this id lives: it exists and is no zombie. */
export async function lives(pid: number): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    return false;
  }
}
