# Types a line into an interactive zsh that has completion on, presses Tab once, and prints the line that stands there then.
# Usage: zsh -f complete.zsh FOLDER LINE   (FOLDER: where _pome is)
zmodload zsh/zpty || { print "zsh has no zpty here"; exit 77 }
folder=$1 line=$2
rm -f $folder/ready $folder/line
zpty shell zsh -f -i
zpty -w shell "cd ${(q)folder}; PS1=; fpath=(\$PWD \$fpath); autoload -Uz compinit; compinit -u -d \$PWD/dump; unsetopt beep"
zpty -w shell "show() { print -r -- \$BUFFER > line.part; mv line.part line }; zle -N show; bindkey '^T' show"
zpty -w shell "bindkey '^I' complete-word; touch ready"
wait_for() { for i in {1..100}; do [[ -e $1 ]] && return; zpty -rt shell discarded; sleep 0.1; done; print "no $1"; exit 1 }
wait_for $folder/ready
zpty -w -n shell "$line"$'\t\x14'
wait_for $folder/line
print -r -- "$(<$folder/line)"
zpty -d shell
