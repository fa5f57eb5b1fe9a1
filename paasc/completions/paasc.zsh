#compdef paasc
# Completion of paasc for zsh, made by 'paasc completions zsh'.

# The table of commands and options. Tabs separate the fields; '-' stands for an empty field:
#   command  NAMES  WORDS  SUMMARY          WORDS are the kinds of its words in order; '...' marks a kind that repeats
#   option   COMMAND  NAMES  VALUE  HELP    VALUE is the kind of its value; COMMAND '-' stands for every command
# A kind is a word in capitals, such as ID, or a list of words separated by '|'.
_paasc_table='@TABLE@'

# Runs paasc without error messages, for at most 2 seconds if there is a program 'timeout'.
_paasc_quickly() {
  local -a limit
  whence -p timeout >/dev/null && limit=(timeout 2)
  $limit paasc "$@" 2>/dev/null </dev/null
}

# Offers the candidates of a kind.
_paasc_offer() {
  local -a candidates shown states fields
  local row
  case $1 in
    ID|LIVE)
      [[ $1 == ID ]] && states=(--all-states)
      local -a ids described
      for row in ${(f)"$(_paasc_quickly $connection list --limit 1000 $states)"}; do
        fields=("${(@s:	:)row}")
        ids+=($fields[1]) described+=("$fields[1]  $fields[3]  $fields[2]  $fields[6]")
        [[ $fields[2] == - ]] || { candidates+=($fields[2]) shown+=("$fields[2]  $fields[3]  $fields[6]") }
      done
      # Names come before ids.
      compadd -V names -l -d shown -a candidates
      compadd -V ids -l -d described -a ids
      ;;
    CONTEXT)
      candidates=(${${(f)"$(_paasc_quickly context list)"}%%	*})
      compadd -a candidates
      ;;
    PROGRAM) _command_names -e ;;
    FILE) _files ;;
    HUP'|'*)
      candidates=(${(s:|:)1})
      [[ ${words[CURRENT]} == SIG* ]] && candidates=(SIG$^candidates)
      compadd -a candidates
      ;;
    *=)
      candidates=(${(s:|:)1})
      compadd -S '' -a candidates
      ;;
    *'|'*)
      candidates=(${(s:|:)1})
      compadd -a candidates
      ;;
  esac
}

# Puts the names of a command's options into 'found' and their descriptions into 'shown'. Given one of these names, puts
# the kind of its value into 'value'.
_paasc_options() {
  local row name
  local -a fields
  found=() shown=() value=
  for row in ${(f)_paasc_table}; do
    fields=("${(@s:	:)row}")
    [[ $fields[1] == option && ( $fields[2] == - || $fields[2] == $1 ) ]] || continue
    for name in ${=fields[3]}; do
      found+=($name) shown+=("$name  $fields[5]")
      [[ $name == ${2-} && $fields[4] != - ]] && value=$fields[4]
    done
  done
}

_paasc() {
  local command=- value= option= ended= row word
  local -a found shown fields kinds connection=(--output text)
  local -i index position=1
  for (( index = 2; index < CURRENT; index++ )); do
    word=${words[index]/#\~\//$HOME/}
    if [[ -n $value ]]; then
      case $option in --context|--server|--ca|--cert|--key) connection+=($option "$word") ;; esac
      value=
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == -?* ]]; then
      case $word in
        --context=*|--server=*|--ca=*|--cert=*|--key=*) connection+=("$word") ;;
        *=*) ;;
        *) option=$word; _paasc_options $command $word ;;
      esac
    elif [[ $command == - ]]; then
      for row in ${(f)_paasc_table}; do
        fields=("${(@s:	:)row}")
        [[ $fields[1] == command && " $fields[2] " == *" $word "* ]] && command=${fields[2]%% *} kinds=(${=fields[3]})
      done
      [[ $command == - ]] && return 1
      ended=
    else
      [[ "${kinds[*]}" == *PROGRAM* ]] && ended=1
      (( ++position ))
    fi
  done

  word=${words[CURRENT]}
  if [[ -n $value ]]; then
    _paasc_offer $value
  elif [[ -z $ended && $word == --*=* ]]; then
    _paasc_options $command ${word%%=*}
    compset -P 1 '*='
    _paasc_offer $value
  elif [[ -z $ended && $word == -* ]]; then
    _paasc_options $command
    compadd -l -d shown -a found
  elif [[ $command == - ]]; then
    for row in ${(f)_paasc_table}; do
      fields=("${(@s:	:)row}")
      [[ $fields[1] == command ]] || continue
      for word in ${=fields[2]}; do found+=($word) shown+=("$word  $fields[4]"); done
    done
    compadd -l -d shown -a found
  else
    # The last kind may repeat.
    [[ -z ${kinds[position]-} && ${kinds[-1]-} == *... ]] && kinds[position]=$kinds[-1]
    _paasc_offer "${${kinds[position]-}%...}"
  fi
}

# This script is either a file _paasc on the fpath or was read by 'source'.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _paasc "$@"
else
  compdef _paasc paasc
fi
