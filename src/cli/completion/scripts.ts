/** What a shell runs at its start so that the Tab key completes `llm-sidecar`: it asks the command itself, which knows the configuration. */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# llm-sidecar in bash: eval "$(llm-sidecar completion bash)"
_llm_sidecar() {
  local line="\${COMP_LINE:0:COMP_POINT}" reply word IFS=$' \\t\\n'
  local words; read -ra words <<< "$line"
  [[ "$line" == *' ' ]] && words+=('')
  word="\${words[-1]}"
  reply="$("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)" || return
  if [[ "$reply" == ':files' ]]; then compopt -o default; COMPREPLY=(); return; fi
  # Bash takes a colon for the end of a word: what stands before it is there already.
  local known=''; [[ "$word" == *:* && "$COMP_WORDBREAKS" == *:* ]] && known="\${word%"\${word##*:}"}"
  local IFS=$'\\n' entry
  COMPREPLY=()
  for entry in $reply; do entry="\${entry%%$'\\t'*}"; COMPREPLY+=("\${entry#"$known"}"); done
}
complete -F _llm_sidecar llm-sidecar
`,
  zsh: `#compdef llm-sidecar
# llm-sidecar in zsh: eval "$(llm-sidecar completion zsh)", after compinit
_llm_sidecar() {
  local reply line
  reply="$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)" || return
  if [[ "$reply" == ':files' ]]; then _files; return; fi
  local -a entries
  for line in "\${(@f)reply}"; do
    [[ -n "$line" ]] && entries+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'llm-sidecar' entries
}
compdef _llm_sidecar llm-sidecar
`,
  fish: `# llm-sidecar in fish: llm-sidecar completion fish | source
function __llm_sidecar
  set -l reply (llm-sidecar __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  if test "$reply" = ':files'
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $reply
  end
end
complete -c llm-sidecar -f -a '(__llm_sidecar)'
`,
};
