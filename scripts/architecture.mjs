// The architecture as a check: docs/architecture.md says who may import whom, this compares it with the code.
// `node scripts/architecture.mjs` prints what is wrong; test/architecture runs the same in `npm run check`.
import { fileURLToPath } from "node:url";
import { checkDependencies } from "./architecture/dependencies.mjs";
import { checkDefaultExports, checkLength, checkLock, checkNames, checkOrigins } from "./architecture/files.mjs";
import { checkCycles, checkExports, checkRelative, checkRooms } from "./architecture/imports.mjs";
import { readTree, workspaceOf } from "./architecture/workspace.mjs";

export { hasDefaultExport, importsOf } from "./architecture/source.mjs";
export { readTree } from "./architecture/workspace.mjs";

/** Every rule by the sentence it stands for. Each takes a workspace and returns one line per problem. */
export const rules = {
  "packages import only whom the table allows": checkRooms,
  "packages are entered through their exports": checkExports,
  "relative imports stay in their package and name a file": checkRelative,
  "no module imports itself by a detour": checkCycles,
  "declared dependencies are the real ones": checkDependencies,
  "no source file is too long": checkLength,
  "source files and folders are named in kebab-case": checkNames,
  "nothing is exported as default": checkDefaultExports,
  "no file tells on which machine it was written": checkOrigins,
  "the lock file names no registry": checkLock,
};

/** Problems of a tree of files, by the sentence of the rule that found them. @returns {Record<string, string[]>} */
export function checkArchitecture(tree) {
  const workspace = workspaceOf(tree);
  return Object.fromEntries(Object.entries(rules).map(([name, check]) => [name, check(workspace)]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const problems = Object.values(checkArchitecture(await readTree(root))).flat();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
