# Completion of paasc for fish, made by 'paasc completions fish'.

# The table of commands and options. Tabs separate the fields; '-' stands for an empty field:
#   command  NAMES  WORDS  SUMMARY          WORDS are the kinds of its words in order; '...' marks a kind that repeats
#   option   COMMAND  NAMES  VALUE  HELP    VALUE is the kind of its value; COMMAND '-' stands for every command
# A kind is a word in capitals, such as ID, or a list of words separated by '|'.
set -g __paasc_table (string split \n -- '@TABLE@')

# Runs paasc without error messages, for at most 2 seconds if there is a program 'timeout'.
function __paasc_quickly
    if type -q timeout
        timeout 2 paasc $argv 2>/dev/null </dev/null
    else
        command paasc $argv 2>/dev/null </dev/null
    end
end

# Prints the candidates of a kind with their descriptions. The arguments after the kind are options of the connection.
function __paasc_candidates
    set -l kind $argv[1]
    switch $kind
        case ID LIVE
            set -l states
            test $kind = ID; and set states --all-states
            set -l rows (__paasc_quickly $argv[2..-1] list --limit 1000 $states)
            for row in $rows
                set -l fields (string split \t -- $row)
                test $fields[2] = -; or printf '%s\t%s\n' $fields[2] "$fields[3] $fields[6]"
            end
            # Names come before ids.
            for row in $rows
                set -l fields (string split \t -- $row)
                printf '%s\t%s\n' $fields[1] "$fields[3] $fields[2] $fields[6]"
            end
        case CONTEXT
            for row in (__paasc_quickly context list)
                set -l fields (string split \t -- $row)
                printf '%s\t%s\n' $fields[1] $fields[2]
            end
        case PROGRAM
            __fish_complete_command
        case FILE
            __fish_complete_path (commandline -ct)
        case 'HUP|*'
            set -l sig
            string match -q 'SIG*' -- (commandline -ct); and set sig SIG
            string split '|' -- $kind | string replace -r '^' "$sig"
        case '*|*'
            string split '|' -- $kind
    end
end

# Prints the names of a command's options with their descriptions or, given one of these names, the kind of its value.
function __paasc_options
    for row in $__paasc_table
        set -l fields (string split \t -- $row)
        test $fields[1] = option; or continue
        contains -- $fields[2] - $argv[1]; or continue
        for name in (string split ' ' -- $fields[3])
            if test (count $argv) = 1
                printf '%s\t%s\n' $name $fields[5]
            else if test $name = $argv[2]; and test $fields[4] != -
                echo $fields[4]
            end
        end
    end
end

function __paasc
    set -l command -
    set -l kinds
    set -l value
    set -l option
    set -l ended
    set -l position 1
    set -l connection --output text
    for word in (commandline -opc)[2..-1]
        set word (string replace -r '^~/' "$HOME/" -- $word)
        if test -n "$value"
            contains -- $option --context --server --ca --cert --key; and set -a connection $option $word
            set value
        else if test -z "$ended" -a "$word" = --
            set ended 1
        else if test -z "$ended"; and string match -qr '^-.' -- $word
            if string match -qr '^--(context|server|ca|cert|key)=' -- $word
                set -a connection $word
            else if not string match -q '*=*' -- $word
                set option $word
                set value (__paasc_options $command $word)
            end
        else if test $command = -
            for row in $__paasc_table
                set -l fields (string split \t -- $row)
                if test $fields[1] = command; and contains -- $word (string split ' ' -- $fields[2])
                    set command (string split ' ' -- $fields[2])[1]
                    set kinds (string split ' ' -- $fields[3])
                end
            end
            test $command = -; and return
            set ended
        else
            string match -q '*PROGRAM*' -- "$kinds"; and set ended 1
            set position (math $position + 1)
        end
    end

    set -l current (commandline -ct)
    if test -n "$value"
        __paasc_candidates $value $connection
    else if test -z "$ended"; and string match -qr '^--.*=' -- $current
        set -l name (string replace -r '=.*' '' -- $current)
        __paasc_candidates (__paasc_options $command $name) $connection | string replace -r '^' -- "$name="
    else if test -z "$ended"; and string match -q -- '-*' $current
        __paasc_options $command
    else if test $command = -
        for row in $__paasc_table
            set -l fields (string split \t -- $row)
            test $fields[1] = command; or continue
            for name in (string split ' ' -- $fields[2])
                printf '%s\t%s\n' $name $fields[4]
            end
        end
    else
        # The last kind may repeat.
        set -l kind $kinds[-1]
        if test $position -le (count $kinds)
            set kind $kinds[$position]
        else if not string match -q '*...' -- $kind
            return
        end
        __paasc_candidates (string replace '...' '' -- $kind) $connection
    end
end

complete -c paasc -k -f -a '(__paasc)'
