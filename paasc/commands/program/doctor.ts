/** `paasc doctor`: finds out why there is no connection, or that all is well. */
import { escapeUnprintable } from "@paas/proto/printable";
import type { Command } from "../../command.ts";
import type { Check } from "../../connection/doctor.ts";
import { EXIT_CODES, ExitError } from "../../exit.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import manifest from "../../deno.json" with { type: "json" };

const help = `Usage: paasc doctor [options]

Checks all that a connection to the daemon needs, step by step, and prints a line
for each: 'ok', 'warning' or 'failed', what was checked, and what there is, or
what is wrong and what to do.

  version             of this paasc
  files               the certificates and the key can be read
  key                 the private key belongs to the client certificate
  server CA           its dates
  client certificate  its dates, and that it is for clients (clientAuth)
  server              something listens at the address
  TLS                 it speaks TLS 1.3 with HTTP/2
  server certificate  signed by the server CA, for this host, its dates
  access              the daemon lets you in, and who you are to it: your user id and
                      your role
  health              whether it takes new processes: serving, or draining
  round trip          how long a call takes
  clock               that of the server and this one agree

A certificate that ends within 14 days is a warning. What cannot be checked
because of what failed before is left out.

The exit code is 0 when nothing failed, 69 when there is no connection, and 1
when there is one, but something failed.

With -o json it prints an array of objects: check, ok, detail, and warning: true
where there is one.

Examples:
  paasc doctor
  paasc --context prod doctor
  paasc doctor -o json | jq -r '.[] | select(.ok | not) | .detail'
`;

export const doctor: Command = {
  name: "doctor",
  summary: "check all that a connection to the daemon needs",
  help,

  async run(words, { settings, stdout, columns }) {
    if (words.length > 0) throw new ExitError("usage", "doctor takes options only: see 'paasc doctor --help'");
    const { access, examine } = await import("../../connection/doctor.ts");
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
      connected ||= check.ok && check.check === access;
    }
    if (settings.output === "json") await print(stdout, jsonLine(checks));
    return well ? 0 : connected ? EXIT_CODES.failed : EXIT_CODES["no-connection"];
  },
};
