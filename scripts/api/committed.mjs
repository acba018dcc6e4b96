// Files that are written from the code and committed, so that a change of the code shows in them.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What is not as `files` (path to text) say, one line each. `folders` hold nothing but such files. */
export async function staleFiles(root, { files, folders }) {
  const problems = [];
  for (const [path, text] of files) {
    const committed = await readFile(join(root, path), "utf8").catch(() => undefined);
    if (committed === text) continue;
    problems.push(`${path}${committed === undefined ? " is missing" : difference(committed, text)}`);
  }
  for (const path of await superfluous(root, { files, folders })) problems.push(`${path} stands for nothing`);
  return problems;
}

/** Makes the files be what they should be. */
export async function writeFiles(root, { files, folders }) {
  for (const path of await superfluous(root, { files, folders })) await rm(join(root, path));
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function superfluous(root, { files, folders }) {
  const found = [];
  for (const folder of folders)
    for (const name of await readdir(join(root, folder)).catch(() => []))
      if (!files.has(`${folder}/${name}`)) found.push(`${folder}/${name}`);
  return found;
}

/** The first line in which two texts differ. */
function difference(committed, text) {
  const [before, after] = [committed.split("\n"), text.split("\n")];
  const line = before.findIndex((one, index) => one !== after[index]);
  const at = line < 0 ? before.length : line;
  return `:${at + 1}: says "${(before[at] ?? "").trim()}", the code "${(after[at] ?? "").trim()}"`;
}
