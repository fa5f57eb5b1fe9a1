/**
 * The shell scripts around `paasc`: what the script of a checkout (`install.ts`) and that of a package (`package/`) share.
 * A compiled program does without.
 *
 * @module
 */
import { COMMON_OPTIONS } from "../settings/settings.ts";
import { contextFlag, COPY_FLAG } from "./run_flags.ts";

/** Quotes a word for a shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The options behind which a word is a value, as a shell's pattern. */
const WITH_VALUE = COMMON_OPTIONS.flatMap(({ name, letter, value }) =>
  value === undefined ? [] : [`--${name}`, ...letter ? [`-${letter}`] : []]
).join(" | ");

/**
 * Makes the lines that look at the stdout, the words and the environment of the caller. They do what `paasc` cannot do:
 *
 * - A closed stdout becomes an error.
 * - Only the commands that write files get a permission to write, in the variable `write`: `paasc context` and `paasc join`
 *   in the directory of the configuration file, for which alone the shell looks for that file; and `paasc cp` with a
 *   destination on this machine.
 * - A variable that `-e NAME` or `--env NAME` names is passed on: under another name, so that it means nothing to the
 *   runtime, and not on the command line, which other users of the machine can see.
 *
 * @param configDirectory Path of `config_directory.sh`, quoted for the shell
 */
export function scriptHead(configDirectory: string): string {
  return `\
# The runtime opens /dev/null in place of a closed stdout, and output would be lost silently. /dev/full makes it an error.
{ true 3>&1; } 2>/dev/null || { [ -c /dev/full ] && exec >/dev/full; }
command=
target=
ended=
last=
for word; do
  # Neither an option nor its value: first the command, and at last the destination of 'cp'.
  case $ended$last in ${WITH_VALUE}) ;; *)
    case $ended$word in
    --) ended=1 ;;
    -?*) ;;
    *) [ -n "$command" ] && target=$word; command=\${command:-$word} ;;
    esac
    ;;
  esac
  name=
  case $last in -e | -[dit]*e | --env) name=$word ;; esac
  case $word in --env=*) name=\${word#*=} ;; -e?*) name=\${word#-e} ;; esac
  case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) ;; *)
    eval "[ \\"\\\${$name+set}\\" ] && export PAASC_PASS_$name=\\"\\$$name\\""
    ;;
  esac
  last=$word
done
write=
case $command:$target in
context:* | join:*) write=${contextFlag(configDirectory)} ;;
cp: | cp:- | cp::*) ;;
cp:*) write=${COPY_FLAG} ;;
esac
`;
}
