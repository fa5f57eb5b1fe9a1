#!/bin/sh
# The guard: kills the processes of a daemon that has died. It reads lines from stdin: a mark, "=NAME=VALUE", which stands
# in the environment of each process; each group that begins, "+NUMBER"; and each group that is gone, "-NUMBER". It answers
# "?" by a character, so that the daemon notices a guard that was stopped. Its stdin ends when the daemon ends, however that
# happens. Then the guard kills all that is left.
#
# The guard runs no program from its input, and takes no arguments, so a permission to run it opens no way to run others.
trap '' HUP INT QUIT TERM PIPE USR1 USR2 ALRM TSTP TTIN TTOU
mark=
while IFS= read -r line; do
  number=${line#?}
  case $line in
  =*) mark=$number ;;
  '?') printf . ;;
  [+-]*[!0-9]* | [+-] | [+-]0* | [+-]1) ;; # not the number of a group; kill(1) with -1 would end everything
  # A variable for each group, so that a note takes the same time for any number of groups.
  +*) eval "g$number=live" ;;
  -*) unset "g$number" ;;
  esac
done
for number in $(set | sed -n "s/^g\([0-9]*\)='\{0,1\}live'\{0,1\}\$/\1/p"); do
  kill -s KILL -- "-$number" 2>/dev/null
done
[ -n "$mark" ] || exit

# Kill processes that have left their group, or were being started in that moment, until two rounds in a row find none.
quiet=0
rounds=0
while [ "$quiet" -lt 2 ] && [ "$rounds" -lt 50 ]; do
  quiet=$((quiet + 1))
  rounds=$((rounds + 1))
  for file in $(grep -lsF -e "$mark" /proc/[0-9]*/environ); do
    number=${file#/proc/}
    kill -s KILL -- "${number%/environ}" 2>/dev/null && quiet=0
  done
  sleep 0.1
done
