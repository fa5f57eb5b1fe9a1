/** `paasc again`: starts a process once more. */
import { againRequest } from "../../client/requests.ts";
import type { Command } from "../../command.ts";
import { processWord } from "../../options/process_words.ts";
import { optionValues, pair } from "../../options/value.ts";
import { startDetached } from "./exec.ts";

const help = `Usage: paasc again [options] ID

Starts the same program once more, and prints the id of the new process as 'paasc
exec' does. The new process gets what the one with ID was started with: program,
arguments, variables, directory, limits, timeout, grace period, name, labels,
stdin or terminal, and --restart. It has a log and a status of its own, and the
other process stays as it is, whether it has finished or not. 'paasc status
--verbose' of the new process tells which one it repeats.

A name passes on to the new process if no live process of yours has it; otherwise
give another one with --name. Labels that are given take the place of all earlier
ones.

The new process runs on without paasc, whatever the other one was started with
(--on-disconnect). A process of 'paasc run' has a stdin: if the program reads it,
it waits for 'paasc attach'.

Only the owner of a process can repeat it. The daemon forgets how a process was
started when it forgets the process.

With -o json it prints {"id":"..."}.

Examples:
  paasc again 2b5c
  paasc logs "$(paasc again my-job)"
  paasc again --name web-2 web
`;

const AS_IT_WAS = "a process is repeated as it was started; 'paasc exec' starts it in another way";

export const again: Command = {
  name: "again",
  summary: "start a process once more and print the new id",
  help,
  options: [
    { name: "name", value: "NAME", help: "another name" },
    { name: "label", letter: "l", value: "K=V", repeatable: true, help: "a label, in place of the earlier labels" },
    { name: "request-id", value: "TEXT", help: "start it once, however often this is repeated" },
  ],
  hints: Object.fromEntries(["-e", "--env", "-w", "--cwd", "--restart", "--timeout"].map((name) => [name, AS_IT_WAS])),

  async run(words, context) {
    const { given, repeated } = context;
    const word = processWord("again", words);
    const labels = Object.fromEntries(optionValues("again", repeated, "label", "NAME=VALUE", pair));
    const changes = { name: given.name, labels, requestId: given["request-id"] ?? crypto.randomUUID() };
    let id: string | undefined; // after a break, a name would be that of the new process
    await startDetached(context, async (connection) => {
      id ??= await context.find(connection, word);
      return await connection.exec(againRequest(id, changes));
    });
  },
};
