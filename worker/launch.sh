# The last step before a program that is started under limits, or in a terminal as another account: as that account, under
# those limits, and before anything of the user's has an effect. It looks whether the program can be started, says so by
# one character on stdout, and becomes env(1), which becomes the program. Nothing here starts a process.
#
# usage: sh -c TEXT sh DIRECTORY COUNT CANDIDATE... [NAME=VALUE...] PROGRAM [ARGUMENT...]
#
# It says: + it is starting, D it may not enter its directory, N there is no such program, X it is not executable, I its
# interpreter is missing.
say() {
  printf %s "$1"
}

refuse() {
  say "$1"
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

# Looks at the line that names an interpreter, if there is one (execve(2)).
interpreter_exists() {
  [ -r "$1" ] || return 0
  line=
  IFS= read -r line 2>/dev/null <"$1"
  case $line in
  '#!'*) line=${line#??} ;;
  *) return 0 ;;
  esac
  set -f
  # shellcheck disable=SC2086 # its first word
  set -- $line
  [ -z "${1-}" ] || [ -e "$1" ]
}

directory=$1
count=$2
only=$2
shift 2
[ -z "$directory" ] || cd -P -- "$directory" 2>/dev/null || refuse D

why=N
while [ "$count" -gt 0 ]; do
  if [ "$why" != + ]; then
    if [ -f "$1" ] && [ -x "$1" ]; then
      interpreter_exists "$1" || refuse I
      why=+
    elif [ -e "$1" ] || { [ "$only" = 1 ] && hidden "$1"; }; then
      why=X
    fi
  fi
  shift
  count=$((count - 1))
done
[ "$why" = + ] || refuse "$why"
say +
exec /usr/bin/env -i -- "$@"
