/**
 * The simple commands in a line for a shell, for a test that looks at them without running them.
 *
 * @module
 */

/**
 * The words of each simple command in a line, without quotes, redirections, assignments and comments. Variables stay as
 * they are, and so do quoted commands. For what the command in `$(…)` prints stands the word `$()`.
 */
export function simpleCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  let redirected = false; // the next word is the name of a file
  const endWord = () => {
    const words = commands.at(-1)!;
    if (word !== undefined && !redirected && !(words.length === 0 && /^\w+=/.test(word))) words.push(word);
    if (word !== undefined) redirected = false;
    word = undefined;
  };
  const tokens =
    /\\\n|\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"|(\d?[<>]{1,2}(?:&\d)?(?!\())|(\$\(|<\(|[();|&\n`]+)|(\s+)|(\S)/gs;
  for (const [token, escaped, single, double, redirection, operator, space, plain] of line.matchAll(tokens)) {
    if (token === "\\\n") continue;
    if (space !== undefined) endWord();
    else if (redirection !== undefined) {
      endWord();
      redirected = !redirection.includes("&");
    } else if (operator !== undefined) {
      if (operator === "$(") word = `${word ?? ""}$()`;
      endWord();
      commands.push([]);
    } else if (plain === "#" && word === undefined) {
      break;
    } else word = (word ?? "") + (escaped ?? single ?? double ?? plain ?? "");
  }
  endWord();
  return commands.filter((words) => words.length > 0);
}
