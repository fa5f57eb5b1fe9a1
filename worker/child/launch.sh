# The last steps of a process before it becomes the user's program. The process leads its session already, and has the
# account that it runs as; nothing of the user's has had an effect. The script gives the process what a login shell would
# give it, enters the directory, looks the program up as execvp(3) does, and says by one character on stdout how that went.
#
# usage: sh -c TEXT sh DIRECTORY MASK FILES PATH PROGRAM READY COMMAND...
#
# DIRECTORY may be empty: then it is the one that the daemon is in, or / if that was removed. MASK is for umask(2), FILES the soft limit of open files.
# PROGRAM is looked up in PATH, unless it has a slash. COMMAND then becomes the program; before that, READY is said.
#
# It says: C the directory is closed to the account, D there is no such directory, N there is no such program, X it is not
# executable, I its interpreter is missing, L its name is a circle of symbolic links.
refuse() {
  printf %s "$1"
  exit 1
}

# Whether a path cannot be seen because one of its directories may not be entered.
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

# Looks at the line that names an interpreter, if there is one (execve(2)). What the system's own directories have is taken
# to be right: the shell reads byte by byte up to the first newline, which in a binary takes as long as another program.
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

# Looks at one place of the program. What stands in its way is remembered: a file that may not be run counts for more than
# one that is not there.
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
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- # what the daemon's own parent has left open
umask "$mask"
{
  ulimit -S -n "$files" # more than the hard limit is refused, and need not be
  # A daemon that the kernel spares when memory runs out does not hand that on.
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
