/** What to tell somebody whose mapper was made: what is there, and what to type next. */
export function nextSteps(folder: string, files: readonly string[]): string {
  return [
    `Made ${folder} with ${files.length} files:`,
    ...files.map((file) => `  ${file}`),
    "",
    "Next:",
    `  cd ${folder}`,
    "  npm install",
    "  npm test",
    "  npm start",
  ].join("\n");
}
