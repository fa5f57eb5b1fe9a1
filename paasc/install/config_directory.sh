# Prints the directory of paasc's configuration file, into which 'paasc context use' is permitted to write, and, where that
# file is a link, behind a comma the directory of the file that it leads to. Where nobody can tell it, or a comma in it would
# make two paths of it for Deno, that is a place where nothing stays.
case $XDG_CONFIG_HOME in
/*) directory=$XDG_CONFIG_HOME/paas ;;
*) directory=${HOME:+$HOME/.config/paas} ;;
esac
case $directory in
*,*) directory=/dev/null ;;
/*) ;;
*) directory=/dev/null ;;
esac
target=
if [ -L "$directory/paasc.toml" ]; then
  target=$(readlink -f "$directory/paasc.toml")
  target=${target%/*}
  case $target in
  *,*) target= ;;
  esac
fi
printf '%s\n' "$directory${target:+,$target}"
