/** `paasc doctor`: checks the connection to the daemon. */
import { escapeUnprintable } from "@paas/proto/printable";
import type { Command } from "../../command.ts";
import type { Check } from "../../connection/doctor.ts";
import { EXIT_CODES } from "../../exit.ts";
import { usageError } from "../../options/value.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import manifest from "../../deno.json" with { type: "json" };

const help = `Usage: paasc doctor [options]

Checks everything that a connection to the daemon needs, step by step, and prints
a line for each check: 'ok', 'warning' or 'failed', the name of the check, and
what was found, or what is wrong and what to do.

  version             the version of this paasc
  files               the certificates and the key can be read
  key                 the private key belongs to the client certificate
  server CA           its dates
  client certificate  its dates, and that it is for clients (clientAuth)
  server              something listens at the address
  TLS                 it speaks TLS 1.3 with HTTP/2
  server certificate  signed by the server CA, for this host, and its dates
  access              the daemon lets you in; your user id and your role
  health              whether the daemon takes new processes: serving or draining
  round trip          how long a call takes
  clock               the clocks of the server and of this machine agree

A certificate that ends within 14 days is a warning. A check that cannot be made
after the failure of another one is left out.

The exit code is 0 when nothing failed, 69 when there is no connection, and 1
when there is a connection, but something failed.

With -o json it prints an array of objects: check, ok, detail, and warning: true
for a warning.

Examples:
  paasc doctor
  paasc --context prod doctor
  paasc doctor -o json | jq -r '.[] | select(.ok | not) | .detail'
`;

export const doctor: Command = {
  name: "doctor",
  summary: "check everything that a connection to the daemon needs",
  help,

  async run(words, { settings, stdout, columns }) {
    if (words.length > 0) throw usageError("doctor", "doctor takes options only");
    const { ACCESS, examine } = await import("../../connection/doctor.ts");
    const { terminalColors } = await import("../../print/terminal_colors.ts");
    const { green, yellow, red } = await terminalColors((name) => columns === undefined ? "1" : Deno.env.get(name));
    const checks: Check[] = [];
    const take = async (check: Check) => {
      checks.push(check);
      if (settings.output === "json") return;
      const verdict = !check.ok ? red("failed ") : check.warning ? yellow("warning") : green("ok     ");
      await print(stdout, `${verdict}  ${check.check.padEnd(18)}  ${escapeUnprintable(check.detail)}\n`);
    };

    await take({ check: "version", ok: true, detail: `paasc ${manifest.version}` });
    let [well, connected] = [true, false];
    for await (const check of examine(settings)) {
      await take(check);
      well &&= check.ok;
      connected ||= check.ok && check.check === ACCESS;
    }
    if (settings.output === "json") await print(stdout, jsonLine(checks));
    return well ? 0 : connected ? EXIT_CODES.failed : EXIT_CODES["no-connection"];
  },
};
