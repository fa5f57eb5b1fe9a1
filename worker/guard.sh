#!/bin/sh
# Ends the process groups of a daemon that has died. It is told on stdin of each group that begins, "+NUMBER", and of each
# that is gone, "-NUMBER". Its stdin ends when the daemon does, however that happens: then what is left is killed.
#
# It starts nothing and takes no arguments, so to allow it opens no way to run another program.
trap '' HUP INT QUIT TERM PIPE USR1 USR2 ALRM TSTP TTIN TTOU
groups=' '
while IFS= read -r line; do
  case $line in
  *[!0-9+-]* | ? | '') ;;
  +*) groups="$groups${line#+} " ;;
  -*)
    number=${line#-}
    case $groups in
    *" $number "*) groups="${groups%%" $number "*} ${groups#*" $number "}" ;;
    esac
    ;;
  esac
done
for number in $groups; do
  kill -s KILL -- "-$number" 2>/dev/null
done
