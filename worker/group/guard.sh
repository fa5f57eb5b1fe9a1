#!/bin/sh
# Ends the processes of a daemon that has died. It is told on stdin of a mark, "=NAME=VALUE", which the environment of each
# process has, of each group that begins, "+NUMBER", and of each that is gone, "-NUMBER". It answers "?" by a character, so
# that one which has been stopped is noticed. Its stdin ends when the daemon does, however that happens: then what is left
# is killed.
#
# It runs nothing that it is told, and takes no arguments, so to allow it opens no way to run another program.
trap '' HUP INT QUIT TERM PIPE USR1 USR2 ALRM TSTP TTIN TTOU
mark=
while IFS= read -r line; do
  number=${line#?}
  case $line in
  =*) mark=$number ;;
  '?') printf . ;;
  [+-]*[!0-9]* | [+-] | [+-]0* | [+-]1) ;; # no number of a group; with -1, kill(1) would end everything
  # A variable for each group: to note one takes the same time however many there are.
  +*) eval "g$number=live" ;;
  -*) unset "g$number" ;;
  esac
done
for number in $(set | sed -n "s/^g\([0-9]*\)='\{0,1\}live'\{0,1\}\$/\1/p"); do
  kill -s KILL -- "-$number" 2>/dev/null
done
[ -n "$mark" ] || exit

# What has left its group, and what was being started in that moment: until two looks in a row find nothing.
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
