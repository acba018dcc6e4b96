/** One command of a block of shell: its words, and the comment behind it. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly comment: string;
  /** Whether it is connected with another one, by a pipe and the like. */
  readonly connected: boolean;
}

const token = /\s*(?:(#.*)|(\|\||&&|[|;&]|>\s*\S+)|((?:'[^']*'|"[^"]*"|\\.|[^\s'"\\|;&>])+))/y;

/** The commands of a text as the documentation uses the shell: words, quotes, pipes, comments, lines that go on. */
export function shellCommands(text: string): ShellCommand[] {
  return text.replaceAll("\\\n", " ").split("\n").flatMap(commandsOf);
}

function commandsOf(line: string): ShellCommand[] {
  const found: string[][] = [[]];
  let comment = "";
  token.lastIndex = 0;
  for (let match = token.exec(line); match; match = token.exec(line)) {
    const [, said, operator, word] = match;
    if (said !== undefined) comment = said.slice(1).trim();
    else if (operator?.startsWith(">")) continue;
    else if (operator !== undefined) found.push([]);
    else if (word !== undefined) found.at(-1)?.push(unquoted(word));
  }
  const commands = found.map(withoutVariables).filter((words) => words.length > 0);
  return commands.map((words) => ({ words, comment, connected: found.length > 1 }));
}

const unquoted = (word: string) => word.replace(/'([^']*)'|"([^"]*)"|\\(.)/g, (_, a = "", b = "", c = "") => a + b + c);

/** `NAME=value command` sets a variable for the command. */
function withoutVariables(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  return first < 0 ? [] : words.slice(first);
}
