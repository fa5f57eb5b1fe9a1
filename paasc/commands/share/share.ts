/** `paasc share`: lets another user see a process, or stop it. */
import type { Command } from "../../command.ts";
import { ExitError } from "../../exit.ts";
import { jsonLine, rfc3339 } from "../../words/enum_words.ts";
import { print } from "../../print/output.ts";
import { parseDuration, parseWhen } from "../../words/time.ts";
import { durations, optionValue } from "../../options/value.ts";

const help = `Usage: paasc share [options] ID USER

Lets another user see a process of yours: its status, its log, and when it ends;
with --stop also end it. That lasts until the time of --for has passed, 'paasc
unshare' takes it back, or the process is forgotten. What that user could do with
the process before is replaced. It prints nothing.

USER is a user id of 64 hexadecimal digits; everybody learns theirs from 'paasc
doctor'. The other user names the process by its whole id.

'paasc status --verbose' tells with whom a process is shared.

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
    { name: "stop", help: "they may end it too" },
    { name: "for", value: "DURATION", help: "for so long; default is until it is taken back" },
  ],

  async run(words, { settings, given, stdout }) {
    const [word, user] = processAndUser("share", words);
    const lasts = optionValue("share", "for", given.for, durations, parseDuration);
    const permission = given.stop === undefined ? "SHARE_PERMISSION_VIEW" : "SHARE_PERMISSION_STOP";
    const { connect } = await import("../../connection/connect.ts");
    const { findProcess } = await import("../../streams/find_process.ts");
    using daemon = await connect(settings);
    const processId = await findProcess(daemon, word);
    const until = lasts === undefined ? undefined : parseWhen(new Date(Date.now() + lasts).toISOString(), 0);
    await daemon.share({ processId, user, permission, until }, { ifLost: "it is not known whether it is shared" });
    if (settings.output === "json") {
      const shared = { id: processId, user, permission: given.stop === undefined ? "view" : "stop" };
      await print(stdout, jsonLine({ ...shared, until: until && rfc3339(until) }));
    }
  },
};

/**
 * The two words of a command that is about a process and another user.
 *
 * @throws {ExitError} When they are not two
 */
export function processAndUser(command: string, words: readonly string[]): [process: string, user: string] {
  const [process, user, more] = words;
  if (!process || !user || more !== undefined || user.startsWith("-")) {
    throw new ExitError(
      "usage",
      `${command} needs the id of a process and a user id, and options before them: see 'paasc ${command} --help'`,
    );
  }
  return [process, user];
}
