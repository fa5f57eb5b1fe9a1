/**
 * The scripts in the `bin` folders of the packages. A script finds the Deno that was installed with its package, gives it
 * a cache of its own, and runs the program.
 *
 * @module
 */
import { RUN_FLAGS } from "../paasc/install/run_flags.ts";
import { quote, scriptHead } from "../paasc/install/script.ts";

/** The way a Deno comes: as a dependency, which the script looks for, or in the folder that the package lies in. */
export type Supply = "dependency" | "bundled";

/**
 * The part that all scripts share. It sets `package` to the folder of the package, and `deno` to a program.
 *
 * npm puts Deno into a `node_modules` of the package or of a folder above it, pnpm beside the package. The cache is the user's
 * own, because Deno trusts the compiled code in it. Deno works without a cache as well: a home that does not exist stays so.
 */
function prelude(program: string, deno: Supply): string {
  return `#!/bin/sh
# Runs ${program} from its package.
self=$(readlink -f "$0")
package=\${self%/*/*}
${deno === "bundled" ? "deno=$package/../deno" : findDeno(program)}
case \${XDG_CACHE_HOME-} in
/*) home=$XDG_CACHE_HOME cache=$XDG_CACHE_HOME ;;
*) home=\${HOME-} cache=\${HOME-}/.cache ;;
esac
[ -d "$home" ] || cache=/dev/null # in which nobody can make a folder
`;
}

/** The lines that look for the Deno of the package, and then on the PATH. */
function findDeno(program: string): string {
  return `deno=
at=$package
while [ -z "$deno" ]; do
  for path in "$at"/node_modules/@deno/*/deno; do
    [ -x "$path" ] && deno=$path && break
  done
  case $at in */node_modules/*) at=\${at%/node_modules/*} ;; *) break ;; esac
done
if [ -z "$deno" ]; then
  deno=$(command -v deno) || {
    echo "${program}: Deno is missing beside $package, and the PATH has no 'deno': install the package again" >&2
    exit 127
  }
fi`;
}

/** The script `paasc`. */
export function clientScript(deno: Supply = "dependency"): string {
  return `${prelude("paasc", deno)}${
    scriptHead('"$package/lib/config_directory.sh"')
  }export DENO_DIR="$cache/paas/paasc"
exec "$deno" run --no-config ${RUN_FLAGS.map(quote).join(" ")} \${write:+"$write"} "$package/lib/main.js" "$@"
`;
}

/** The script `paasd`. A DENO_DIR of the caller, such as a unit for systemd, stays. */
export function daemonScript(deno: Supply = "dependency"): string {
  return `${prelude("paasd", deno)}export DENO_DIR="\${DENO_DIR:-$cache/paas/paasd}"
exec /bin/sh "$package/lib/start.sh" "$deno" "$@"
`;
}
