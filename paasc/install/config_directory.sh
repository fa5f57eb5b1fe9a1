# Prints the directory of paasc's configuration file, into which 'paasc context use' may write. If that file is a link,
# prints a comma and the directory of its target too. Prints /dev/null, which cannot contain a file, if the directory is
# unknown or has a comma in its name, which Deno would read as two paths.
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
