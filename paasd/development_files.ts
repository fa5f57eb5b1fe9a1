/**
 * The place of the development certificates. This module lies at the top of `paasd/`, and a package has its bundle in a
 * folder of the same depth, so the place is the same for both.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The directory of the development certificates, whose keys are public and protect nothing. */
export const DEVELOPMENT_DIRECTORY: string = fileURLToPath(new URL("../certs", import.meta.url));
