/** `paasc drain`: ends the daemon when its processes have finished. */
import type { Command } from "../../command.ts";
import { PaasError } from "../../errors.ts";
import { print } from "../../print/output.ts";
import { jsonLine } from "../../words/enum_words.ts";
import { toDuration } from "../../words/time.ts";
import { parseDuration } from "@paas/proto/units";
import { DURATION, optionValue, usageError } from "../../options/value.ts";

const help = `Usage: paasc drain [options]

Drains the daemon, for operators: it takes no new processes from now on, and ends
when all processes have finished. Everything else works as before. After the time
of --timeout the daemon stops the processes that still run, and ends. Without
--timeout the daemon's own --drain-timeout counts, which is unlimited by default.

The command returns at once, and prints how many processes have not finished. It
can be given again, with another --timeout. A drain cannot be taken back.

With -o json it prints {"processes":3}.

Examples:
  paasc drain
  paasc drain --timeout 2h
`;

export const drain: Command = {
  name: "drain",
  summary: "end the daemon when its processes have finished",
  help,
  options: [{ name: "timeout", value: "DURATION", help: "stop the processes after this time" }],

  async run(words, context) {
    const { settings, given, stdout } = context;
    if (words.length > 0) throw usageError("drain", "drain takes only options");
    const timeout = optionValue("drain", given, "timeout", DURATION, parseDuration);
    using connection = await context.connect();
    const { isUnimplemented } = await import("../../connection/connection.ts");
    try {
      const request = { timeout: timeout === undefined ? undefined : toDuration(timeout) };
      const processes = await connection.drain(request, { ifLost: "it is not known whether the daemon drains" });
      const are = processes === 1 ? "process has" : "processes have";
      const text = `draining: ${processes || "no"} ${are} not finished\n`;
      await print(stdout, settings.output === "json" ? jsonLine({ processes }) : text);
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
      throw new PaasError("failed-precondition", "this daemon is too old to drain", { cause: error });
    }
  },
};
