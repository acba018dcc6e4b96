// Writes mapper-sdk/api.d.ts and the reference of the SDK from the compiled declarations; `--check` only compares.
import { fileURLToPath } from "node:url";
import { apiFiles } from "./api/api-files.mjs";
import { staleFiles, writeFiles } from "./api/committed.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = await apiFiles(root);
if (process.argv.includes("--check")) {
  const problems = await staleFiles(root, files);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0)
    console.error("Try: npm run build && node scripts/api-report.mjs, and look at the difference");
  process.exitCode = problems.length > 0 ? 1 : 0;
} else await writeFiles(root, files);
