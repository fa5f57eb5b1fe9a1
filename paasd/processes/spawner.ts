/**
 * Starting a process within the quotas of its user and the rules of the operator.
 *
 * @module
 */
import { spawn, type SpawnOptions, type Spool } from "@paas/worker";
import { descriptionBytes } from "@paas/worker/spool";
import { QuotaError } from "../errors.ts";
import type { Quotas } from "../quotas/quotas.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Confinement } from "./confinement.ts";
import type { Spawn } from "./process_table.ts";

/** Options of a {@linkcode Spawner}. */
export interface SpawnerOptions {
  readonly spool: Spool;
  readonly quotas: Quotas;
  /** Removes finished processes of a user who is about to start one. */
  readonly makeRoom: (user: string) => void;
  /** The operator's rules for commands. */
  readonly confinement: Confinement;
  /** The default grace period of a stop, in milliseconds. */
  readonly stopGrace: number;
  /** Records starts. */
  readonly telemetry: Telemetry | undefined;
}

/** Starts processes. */
export class Spawner {
  readonly #options: SpawnerOptions;
  /** The default grace period of a stop, in milliseconds. */
  stopGrace: number;

  constructor(options: SpawnerOptions) {
    this.#options = options;
    this.stopGrace = options.stopGrace;
  }

  /**
   * Makes the function that starts a process of a user.
   *
   * @param program The name of the program, for the telemetry.
   */
  spawnOf(
    user: string,
    program: string,
    { stopGrace = this.stopGrace, ...options }: Omit<SpawnOptions, "spool">,
  ): Spawn {
    const { spool, quotas, makeRoom, confinement, telemetry } = this.#options;
    return (changed, about, signal) =>
      quotas.start(user, async () => {
        if (spool.isFull(user)) throw spoolIsFull();
        makeRoom(user);
        const confined = await confinement.confine(options);
        const start = () => spawn({ ...options, ...confined, stopGrace, changed, about, signal, spool });
        return await (telemetry ? telemetry.start(program, start) : start());
      }, descriptionBytes(options.args, about));
  }
}

function spoolIsFull(): QuotaError {
  return new QuotaError(
    "--max-spool-bytes-per-user",
    "Your logs take up the whole space, and none of it can be freed now",
    "try again in a moment, or remove finished processes",
  );
}
