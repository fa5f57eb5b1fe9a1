#!/bin/sh
# Starts the daemon with exactly the Deno permissions that its flags need. Deno replaces this shell, so signals reach the
# daemon, and the exit code is the daemon's.
#
# Deno runs twice. The first run computes the permissions from the flags and the configuration file, wherever that is; it
# exports no telemetry. The second run is the daemon.
#
# usage: start.sh DENO [FLAGS]
set -u
# The daemon and its commands must not inherit open files of the caller. Any shell can close 3 to 9; bash closes the rest.
others=
for path in /proc/$$/fd/*; do
  number=${path##*/}
  case $number in
  [0-2]) ;;
  [3-9]) eval "exec $number>&-" ;;
  *) [ "$path" -ef "$0" ] || ! [ -e "$path" ] || others="$others $number" ;; # the shell reads this script
  esac
done
# shellcheck disable=SC2016 # bash expands it
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
'# under: '*) # with --run-as, the first line is the program that must start the daemon
  launcher=$(printf '%s\n' "$permissions" | sed -n '1s/^# under: //p' | tr ' ' '\n')
  permissions=$(printf '%s\n' "$permissions" | sed 1d)
  ;;
esac
ulimit -c 0 # a core dump would contain private keys; commands inherit this limit
PAASD_OPEN_FILES=$(ulimit -H -n) # Deno raises its own limit to this
export PAASD_OPEN_FILES
if [ -n "${OTEL_DENO-}" ]; then # Deno's exporter reads the version of what it exports only here
  case ,${OTEL_RESOURCE_ATTRIBUTES-} in
  *,service.version=*) ;;
  *)
    version=$(sed -n 's/^ *"version": "\(.*\)".*/\1/p' "$(dirname "$0")/deno.json")
    export OTEL_RESOURCE_ATTRIBUTES="service.version=$version${OTEL_RESOURCE_ATTRIBUTES:+,$OTEL_RESOURCE_ATTRIBUTES}"
    ;;
  esac
fi
IFS='
'
# The heap begins as large as the client's, for the same reason (paasc/install/run_flags.ts).
# shellcheck disable=SC2086 # one permission a line
set -- $launcher "$deno" run --no-prompt --v8-flags=--initial-old-space-size=64 $permissions "$main" "$@"
# Commands of another account must not use the caller's keys. Every process that inherits a session keyring may use it,
# whatever its user id (keyrings(7)). So the daemon gets a new keyring (keyctl(2), KEYCTL_JOIN_SESSION_KEYRING). All commands
# would share that one, so nobody may use it (KEYCTL_SETPERM).
if [ -n "$launcher" ] && command -v perl >/dev/null; then
  case $(uname -m) in x86_64) keyctl=250 ;; *) keyctl=219 ;; esac
  # shellcheck disable=SC2016 # perl expands it
  set -- perl -e 'my $n = shift; my $k = syscall($n, 1, 0); syscall($n, 5, $k, 0) if $k > 0; exec { $ARGV[0] } @ARGV' \
    "$keyctl" "$@"
fi
exec "$@"
