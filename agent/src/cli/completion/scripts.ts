/**
 * Completion scripts. They ask the hidden `edgetwin __complete` for candidates, so that they never fall behind the
 * command they complete, and fall back to file names.
 */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# bash completion for edgetwin; load it with: source <(edgetwin completion bash)
_edgetwin() {
  local line candidates
  # Bash splits words at "=" and ":"; edgetwin does not.
  line="\${COMP_LINE:0:COMP_POINT}"
  local -a words
  read -r -a words <<<"$line"
  [[ "$line" == *" " ]] && words+=("")
  local cur="\${words[-1]}"
  candidates="$(edgetwin __complete "\${words[@]:1}" 2>/dev/null)"
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$cur")
  [[ "\${COMPREPLY[0]}" == *= ]] && compopt -o nospace
  if [[ "$cur" == *=* ]]; then COMPREPLY=("\${COMPREPLY[@]#"\${cur%=*}="}"); fi
}
complete -o default -F _edgetwin edgetwin
`,
  zsh: `#compdef edgetwin
# zsh completion for edgetwin; load it with: source <(edgetwin completion zsh)
_edgetwin() {
  local -a candidates
  candidates=("\${(@f)$(edgetwin __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=(\${candidates:#})
  if (( \${#candidates} == 0 )); then
    _files
  elif [[ "\${candidates[1]}" == *= ]]; then
    compadd -S '' -- "\${candidates[@]}"
  else
    compadd -- "\${candidates[@]}"
  fi
}
compdef _edgetwin edgetwin
`,
  fish: `# fish completion for edgetwin; install it with:
#   edgetwin completion fish > ~/.config/fish/completions/edgetwin.fish
function __edgetwin_complete
  set -l words (commandline -opc)
  set -e words[1]
  edgetwin __complete $words (commandline -ct) 2>/dev/null
end
complete -c edgetwin -a '(__edgetwin_complete)'
`,
};
