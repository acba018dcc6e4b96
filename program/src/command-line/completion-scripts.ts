/**
 * Completion scripts by shell. They ask the hidden `PROGRAM __complete` for candidates, so that they never fall behind the
 * command they complete, and fall back to file names.
 */
export function completionScripts(program: string): Readonly<Record<string, string>> {
  // What a function of a shell may be called.
  const name = program.replaceAll("-", "_");
  return {
    bash: `# bash completion for ${program}; load it with: source <(${program} completion bash)
_${name}() {
  local line candidates
  # Bash splits words at "=" and ":"; ${program} does not.
  line="\${COMP_LINE:0:COMP_POINT}"
  local -a words
  read -r -a words <<<"$line"
  [[ "$line" == *" " ]] && words+=("")
  local cur="\${words[-1]}"
  candidates="$(${program} __complete "\${words[@]:1}" 2>/dev/null)"
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$cur")
  [[ "\${COMPREPLY[0]}" == *= ]] && compopt -o nospace
  if [[ "$cur" == *=* ]]; then COMPREPLY=("\${COMPREPLY[@]#"\${cur%=*}="}"); fi
}
complete -o default -F _${name} ${program}
`,
    zsh: `#compdef ${program}
# zsh completion for ${program}; load it with: source <(${program} completion zsh)
_${name}() {
  local -a candidates
  candidates=("\${(@f)$(${program} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=(\${candidates:#})
  if (( \${#candidates} == 0 )); then
    _files
  elif [[ "\${candidates[1]}" == *= ]]; then
    compadd -S '' -- "\${candidates[@]}"
  else
    compadd -- "\${candidates[@]}"
  fi
}
compdef _${name} ${program}
`,
    fish: `# fish completion for ${program}; install it with:
#   ${program} completion fish > ~/.config/fish/completions/${program}.fish
function __${name}_complete
  set -l words (commandline -opc)
  set -e words[1]
  ${program} __complete $words (commandline -ct) 2>/dev/null
end
complete -c ${program} -a '(__${name}_complete)'
`,
  };
}
