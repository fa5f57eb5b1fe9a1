# Prints the directory of paasc's configuration file, into which 'paasc context use' is permitted to write. Where nobody
# can tell it, or a comma in it would make two paths of it for Deno, that is a place where nothing stays.
case $XDG_CONFIG_HOME in
/*) directory=$XDG_CONFIG_HOME/paas ;;
*) directory=${HOME:+$HOME/.config/paas} ;;
esac
case $directory in
*,*) directory=/dev/null ;;
/*) ;;
*) directory=/dev/null ;;
esac
printf '%s\n' "$directory"
