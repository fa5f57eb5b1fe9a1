#!/bin/sh
# Starts the daemon under exactly the Deno permissions that its flags need. Deno takes the place of this shell, so
# signals and the exit code are the daemon's own.
#
# The first of the two only reads its flags and the configuration file, wherever that is; its words are no telemetry.
#
# usage: start.sh DENO [FLAGS]
set -fu
deno=$1
shift
main=$(dirname "$0")/main.ts
permissions=$(OTEL_SDK_DISABLED=true "$deno" run --no-prompt --allow-read --allow-sys=uid --allow-env='PAASD_*,XDG_RUNTIME_DIR,TMPDIR' \
  "$main" --print-permissions "$@") || exit
launcher=
case $permissions in
'# under: '*) # with --run-as, a first line says under what
  launcher=$(printf '%s\n' "$permissions" | sed -n '1s/^# under: //p' | tr ' ' '\n')
  permissions=$(printf '%s\n' "$permissions" | sed 1d)
  ;;
esac
ulimit -c 0 # a core dump has keys in it, and whatever else the daemon knows; its processes inherit this
PAASD_OPEN_FILES=$(ulimit -H -n) # to which the runtime raises its own
export PAASD_OPEN_FILES
IFS='
'
# The size of the heap is that of paasc/run_flags.ts, for the same reason.
# shellcheck disable=SC2086 # one word a line
exec $launcher "$deno" run --no-prompt --v8-flags=--initial-old-space-size=64 $permissions "$main" "$@"
