#!/bin/sh
# Starts the daemon under exactly the Deno permissions that its flags need. Deno takes the place of this shell, so
# signals and the exit code are the daemon's own.
#
# The first of the two only reads its flags and the configuration file, wherever that is; its words are no telemetry.
#
# usage: start.sh DENO [FLAGS]
set -u
# What whoever starts the daemon has left open is not for the daemon, nor for its commands. 3 to 9 any shell can close.
others=
for path in /proc/$$/fd/*; do
  number=${path##*/}
  case $number in
  [0-2]) ;;
  [3-9]) eval "exec $number>&-" ;;
  *) [ "$path" -ef "$0" ] || ! [ -e "$path" ] || others="$others $number" ;; # the shell reads this file itself
  esac
done
# shellcheck disable=SC2016 # for the other shell
if [ -n "$others" ] && command -v bash >/dev/null; then
  exec bash -c 'for number in $0; do eval "exec $number>&-"; done; exec sh "$@"' "$others" "$0" "$@"
fi

set -f
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
# The size of the heap is that of paasc/install/run_flags.ts, for the same reason.
# shellcheck disable=SC2086 # one word a line
set -- $launcher "$deno" run --no-prompt --v8-flags=--initial-old-space-size=64 $permissions "$main" "$@"
# The keys of whoever starts the daemon are not for the commands of another account: whoever inherits a session keyring may
# use it, whatever their user id (keyrings(7)). So there is a new one (keyctl(2), KEYCTL_JOIN_SESSION_KEYRING), and nobody
# may use that either (KEYCTL_SETPERM), for all commands would share it.
if [ -n "$launcher" ] && command -v perl >/dev/null; then
  case $(uname -m) in x86_64) keyctl=250 ;; *) keyctl=219 ;; esac
  # shellcheck disable=SC2016 # for perl
  set -- perl -e 'my $n = shift; my $k = syscall($n, 1, 0); syscall($n, 5, $k, 0) if $k > 0; exec { $ARGV[0] } @ARGV' \
    "$keyctl" "$@"
fi
exec "$@"
