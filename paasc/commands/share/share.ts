/** `paasc share`: shares a process with another user. */
import { shareRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { jsonLine, rfc3339 } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { toTimestamp } from "@paas/proto/time";
import { parseDuration } from "@paas/proto/units";
import { processAndUser } from "../../options/process_words.ts";
import { DURATION, optionValue } from "../../options/value.ts";

const help = `Usage: paasc share [options] ID USER

Lets another user see a process of yours: its status, its output, and its end.
With --stop the other user can also stop it. The sharing lasts until the time of
--for is over, 'paasc unshare' ends it, or the daemon forgets the process. It
replaces any earlier sharing with that user. The command prints nothing.

USER is a user id of 64 hexadecimal digits; 'paasc doctor' prints your own. The
other user names the process by its whole id.

'paasc status --verbose' prints the users with whom a process is shared.

With -o json it prints an object: id, user, permission (view, stop) and until.

Examples:
  paasc share --for 1h 2b5c 45436d8c...63079fe
  paasc share --stop my-server $(cat bob.id)
`;

export const share: Command = {
  name: "share",
  summary: "let another user see a process, or stop it",
  help,
  options: [
    { name: "stop", help: "let the other user stop it too" },
    { name: "for", value: "DURATION", help: "for this long; default is until 'paasc unshare'" },
  ],

  async run(words, context) {
    const { settings, given, stdout } = context;
    const [word, user] = processAndUser("share", words);
    const lasts = optionValue("share", given, "for", DURATION, parseDuration);
    using connection = await context.connect();
    const id = await context.find(connection, word);
    const until = lasts === undefined ? undefined : toTimestamp(Date.now() + lasts);
    const request = shareRequest(id, user, { stop: given.stop !== undefined, until });
    await connection.share(request, { ifLost: "it is not known whether it is shared" });
    if (settings.output === "json") {
      const permission = given.stop === undefined ? "view" : "stop";
      await print(stdout, jsonLine({ id, user, permission, until: until && rfc3339(until) }));
    }
  },
};
