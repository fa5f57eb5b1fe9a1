# The last steps of a process before it becomes the user's program. The process leads its session already, and has its
# account; no variable of the user has had an effect. The script sets what a login shell would set, enters the directory,
# looks the program up as execvp(3) does, and reports the result by one character on stdout.
#
# usage: sh -c TEXT sh DIRECTORY MASK FILES PATH PROGRAM READY COMMAND...
#
# DIRECTORY is the working directory; empty means the daemon's, or / if that was removed. MASK is for umask(2), FILES is the
# soft limit of open files. PROGRAM is looked up in PATH, unless it has a slash. In the end READY is printed, and COMMAND
# becomes the program.
#
# The refusals: C the directory is closed to the account, D there is no such directory, N there is no such program, X it is
# not executable, I its interpreter is missing, L its name is a circle of symbolic links.
refuse() {
  printf %s "$1"
  exit 1
}

# Tests whether a path is hidden, because the account may not enter one of its directories.
hidden() {
  rest=$1
  while :; do
    case $rest in
    /* | */*) rest=${rest%/*} ;;
    *) return 1 ;;
    esac
    [ -n "$rest" ] || return 1
    if [ -d "$rest" ]; then
      [ ! -x "$rest" ]
      return
    fi
  done
}

# Tests whether the interpreter exists that the first line names, if it names one (execve(2)). Programs in the system's own
# directories pass without a test: the shell reads byte by byte up to the first newline, which takes long in a binary.
interpreter_exists() {
  case $1 in /bin/* | /usr/bin/* | /sbin/* | /usr/sbin/*) return 0 ;; esac
  [ -r "$1" ] || return 0
  line=
  IFS= read -r line 2>/dev/null <"$1"
  case $line in
  '#!'*) line=${line#??} ;;
  *) return 0 ;;
  esac
  # shellcheck disable=SC2086 # its first word
  set -- $line
  [ -z "${1-}" ] || [ -e "$1" ]
}

# Looks for the program at one path. The reason why it cannot run is remembered: a file that may not be run counts for more
# than a missing one.
look() {
  if [ -f "$1" ] && [ -x "$1" ]; then
    if interpreter_exists "$1"; then
      why=
    elif [ "$why" = N ]; then
      why=I
    fi
  elif [ -e "$1" ] || hidden "$1"; then
    why=X
  elif [ -L "$1" ] && ! readlink -f -- "$1" >/dev/null; then
    refuse L
  fi
}

directory=$1 mask=$2 files=$3 path=$4 program=$5 ready=$6
shift 6
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- # descriptors that the daemon has inherited itself

# The daemon gives the terminal to the account after the start of this process. The program may open the terminal by its
# path, so the script waits for the gift, but not for ever: a daemon that may not give it away starts programs all the same.
# Without an account the terminal is the daemon's own, and nothing is waited for.
if [ -t 0 ]; then
  tries=0
  until [ -O /proc/self/fd/0 ] || [ "$tries" -ge 200 ]; do
    tries=$((tries + 1))
    sleep 0.01
  done
fi
umask "$mask"
{
  ulimit -S -n "$files" # more than the hard limit is refused, and not needed
  # A daemon that the kernel spares when memory runs out does not pass that on.
  read -r score </proc/self/oom_score_adj
  case $score in -*) echo 0 >/proc/self/oom_score_adj ;; esac
  if [ -n "$directory" ]; then
    cd -P -- "$directory" || {
      if [ -d "$directory" ] || hidden "$directory/"; then refuse C; fi
      refuse D
    }
  else
    cd -P "/proc/$PPID/cwd"
    case $PWD in /*) ;; *) cd / ;; esac
  fi
} 2>/dev/null

set -f
why=N
case $program in
*/*) look "$program" ;;
*)
  # Splitting drops an empty part at the end, which means the working directory as any other empty part does.
  case $path in '' | *:) path=$path: ;; esac
  IFS=:
  for part in $path; do
    look "${part:-.}/$program"
    [ -n "$why" ] || break
  done
  unset IFS
  ;;
esac
[ -z "$why" ] || refuse "$why"
printf %s "$ready"
exec "$@"
