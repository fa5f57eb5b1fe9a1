/**
 * The shell scripts around `paasc`: what the script of a checkout (`install.ts`) and that of a package (`package/`) share.
 * A compiled program does without.
 *
 * @module
 */
import { contextFlag } from "./run_flags.ts";

/** Quotes a word for a shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Makes the lines that look at the stdout, the words and the environment of the caller. They do what `paasc` cannot do:
 *
 * - A closed stdout becomes an error.
 * - Only a command line with the word `context` gets the permission to write the configuration file, in the variable
 *   `write`, and only such a command line waits for the shell to find that file.
 * - A variable that `-e NAME` or `--env NAME` names is passed on: under another name, so that it means nothing to the
 *   runtime, and not on the command line, which other users of the machine can see.
 *
 * @param configDirectory Path of `config_directory.sh`, quoted for the shell
 */
export function scriptHead(configDirectory: string): string {
  return `\
# The runtime opens /dev/null in place of a closed stdout, and output would be lost silently. /dev/full makes it an error.
{ true 3>&1; } 2>/dev/null || { [ -c /dev/full ] && exec >/dev/full; }
write=
last=
for word; do
  [ "$word$write" = context ] && write=${contextFlag(configDirectory)}
  name=
  case $last in -e | -[dit]*e | --env) name=$word ;; esac
  case $word in --env=*) name=\${word#*=} ;; -e?*) name=\${word#-e} ;; esac
  case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) ;; *)
    eval "[ \\"\\\${$name+set}\\" ] && export PAASC_PASS_$name=\\"\\$$name\\""
    ;;
  esac
  last=$word
done
`;
}
