/**
 * `paasc`: the command line client of Paas. The program is `main.ts`; this is what it is made of. The library for programs
 * is `@paas/paasc/client`.
 *
 * @module
 */
export { type Certificates, readCertificates } from "./connection/certificates.ts";
export { Client, PaasError, Process } from "./client/client.ts";
export type { Command, Context } from "./command.ts";
export { type CommandLine, parseCommandLine } from "./command_line.ts";
export { commands } from "./commands/mod.ts";
export { connect, Daemon } from "./connection/connect.ts";
export { diagnose } from "./connection/diagnose.ts";
export { errorLine, EXIT_CODES, ExitError } from "./exit.ts";
export { type Output, print } from "./print/output.ts";
export {
  type CertificateFiles,
  type Given,
  type Option,
  options,
  type Repeated,
  type Settings,
  settingsFrom,
} from "./settings/settings.ts";
