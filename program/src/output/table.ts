/** Rows under headings, each column as wide as its widest cell. Colours in cells do not count as width. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ""))));
  return all.map((row) =>
    headings
      .map((_, column) => pad(row[column] ?? "", widths[column] as number))
      .join("   ")
      .trimEnd(),
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what SGR sequences begin with
const sgr = /\u001b\[\d+m/g;

const width = (text: string): number => [...text.replace(sgr, "")].length;

const pad = (text: string, columns: number): string => text + " ".repeat(Math.max(0, columns - width(text)));
