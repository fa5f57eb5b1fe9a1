# Completion of paasc for bash, made by 'paasc completions bash'.

# The table of commands and options. Tabs separate the fields; '-' stands for an empty field:
#   command  NAMES  WORDS             WORDS are the kinds of its words in order; '...' marks a kind that repeats
#   option   COMMAND  NAMES  VALUE    VALUE is the kind of its value; COMMAND '-' stands for every command
# A kind is a word in capitals, such as ID, or a list of words separated by '|'.
_paasc_table='@TABLE@'

# Prints the candidates of a kind, one a line.
_paasc_candidates() {
  case $1 in
  ID | LIVE)
    local states=() rows
    [[ $1 == ID ]] && states=(--all-states)
    rows=$(_paasc_quickly "${connection[@]}" list --limit 1000 ${states[@]+"${states[@]}"})
    cut -f 2 <<<"$rows"
    cut -f 1 <<<"$rows"
    ;;
  CONTEXT) _paasc_quickly context list | cut -f 1 ;;
  PROGRAM) compgen -c -- "$2" ;;
  HUP'|'*)
    local sig=
    [[ $2 == SIG* ]] && sig=SIG
    printf "$sig%s\n" ${1//|/ }
    ;;
  *'|'*) tr '|' '\n' <<<"$1" ;;
  esac
}

# Runs paasc without error messages, for at most 2 seconds if there is a program 'timeout'.
_paasc_quickly() {
  local limit=()
  type -P timeout >/dev/null && limit=(timeout 2)
  ${limit[@]+"${limit[@]}"} paasc "$@" 2>/dev/null </dev/null
}

# Prints the names of a command's options or, given one of these names, the kind of its value.
_paasc_options() {
  local kind command names value name
  while IFS=$'\t' read -r kind command names value _; do
    [[ $kind == option && ($command == - || $command == "$1") ]] || continue
    for name in $names; do
      if [[ $# == 1 ]]; then printf '%s\n' "$name"; elif [[ $name == "$2" ]]; then printf '%s\n' "$value"; fi
    done
  done <<<"$_paasc_table"
}

# Puts the words up to the cursor into 'line', joining those that bash has split at = and :.
_paasc_line() {
  local word glue=
  line=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ ${#line[@]} -gt 0 && -n $word && (-n $glue || $word == [=:]*) ]]; then
      line[${#line[@]} - 1]+=$word
    else
      line+=("$word")
    fi
    glue=
    [[ $word == *[=:] ]] && glue=1
  done
}

_paasc() {
  local line=() connection=(--output text) command=- words=- value= option= ended= position=0
  local index word current kind names what name candidate
  COMPREPLY=()
  compopt -o nosort 2>/dev/null
  _paasc_line
  current=${line[${#line[@]} - 1]}
  for ((index = 0; index < ${#line[@]} - 1; index++)); do
    word=${line[index]/#\~\//$HOME/}
    if [[ -n $value ]]; then
      case $option in --context | --server | --ca | --cert | --key) connection+=("$option" "$word") ;; esac
      value=
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == -?* ]]; then
      case $word in
      --context=* | --server=* | --ca=* | --cert=* | --key=*) connection+=("$word") ;;
      *=*) ;;
      *)
        option=$word
        value=$(_paasc_options "$command" "$word")
        [[ $value == - ]] && value=
        ;;
      esac
    elif [[ $command == - ]]; then
      while IFS=$'\t' read -r kind names what _; do
        [[ $kind == command && " $names " == *" $word "* ]] && command=${names%% *} words=$what
      done <<<"$_paasc_table"
      [[ $command == - ]] && return
      ended=
    else
      [[ $words == *PROGRAM* ]] && ended=1
      ((++position))
    fi
  done

  if [[ -n $value ]]; then
    what=$value
  elif [[ -z $ended && $current == --*=* ]]; then
    what=$(_paasc_options "$command" "${current%%=*}")
    current=${current#*=}
  elif [[ -z $ended && $current == -* ]]; then
    what=$(_paasc_options "$command" | tr '\n' '|')
  elif [[ $command == - ]]; then
    what=
    while IFS=$'\t' read -r kind names _; do
      [[ $kind == command ]] && what+="${names// /|}|"
    done <<<"$_paasc_table"
  else
    # The last kind may repeat.
    read -ra names <<<"$words"
    what=${names[position]-}
    if [[ -z $what && ${names[${#names[@]} - 1]} == *... ]]; then what=${names[${#names[@]} - 1]}; fi
    what=${what%...}
  fi

  if [[ $what == FILE ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$current")
    return
  fi
  # Names come from users: skip each one that the shell would read as anything but a plain word.
  while IFS= read -r candidate; do
    [[ $candidate == "$current"* && $candidate != - && $candidate =~ ^[[:alnum:]@%+._-]+=?$ ]] || continue
    COMPREPLY+=("$candidate")
    # The value follows the sign without a space.
    [[ $candidate == *= ]] && compopt -o nospace 2>/dev/null
  done < <(_paasc_candidates "$what" "$current")
}

complete -F _paasc paasc
