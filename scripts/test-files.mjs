// Which test files belong to which suite, and how they are run.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { root } from "./setup.mjs";

/** Folders of the workspaces that package.json names. */
export async function workspaces() {
  const { workspaces: patterns } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const folders = [];
  for (const pattern of patterns) {
    if (!pattern.endsWith("/*")) folders.push(pattern);
    else
      for (const name of await readdir(join(root, pattern.slice(0, -2))))
        folders.push(join(pattern.slice(0, -2), name));
  }
  return folders;
}

/** Tests beside the code, and of the architecture: no processes, no network. */
export async function unitTests() {
  return [...(await filesOf("src", ".test.js")), ...(await files(join(root, "test", "architecture"), ".test.mjs"))];
}

/** Tests in `test/`: they start agents, brokers and child processes of their own. */
export const integrationTests = () => filesOf("test", ".test.js");

/** Tests against programs that Debian packages bring; they fail where a package is missing. */
export const peerTests = () => filesOf("test", ".peer.js");

/** Compiled tests whose source is still there: `tsc -b` leaves the output of files that were removed or renamed. */
async function filesOf(folder, ending) {
  const found = [];
  for (const workspace of await workspaces()) {
    const dist = join(root, workspace, "dist");
    for (const file of await files(join(dist, folder), ending)) {
      const source = join(root, workspace, relative(dist, file)).replace(/\.js$/, ".ts");
      if (existsSync(source)) found.push(file);
    }
  }
  return found;
}

async function files(folder, ending) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/**
 * Runs test files with node:test; resolves with the exit code. `EDGETWIN_COUNTS` names a file to which a line with the
 * numbers of passed and failed tests is added.
 */
export async function runTests(
  testFiles,
  { concurrency = availableParallelism(), env = {}, timeoutMs = 900_000 } = {},
) {
  if (testFiles.length === 0) throw new Error("there are no test files; was the workspace compiled?");
  const counts = process.env.EDGETWIN_COUNTS && join(await mkdtemp(join(tmpdir(), "edgetwin-counts-")), "counts");
  const reporters = [["spec", "stdout"], ...(counts ? [[join(root, "scripts", "count-reporter.mjs"), counts]] : [])];
  const args = [
    "--test",
    `--test-concurrency=${concurrency}`,
    // A test that hangs must not take the suites behind it along.
    `--test-timeout=${timeoutMs}`,
    ...reporters.flatMap(([name, to]) => [`--test-reporter=${name}`, `--test-reporter-destination=${to}`]),
    ...testFiles,
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  const code = await new Promise((resolve) => child.on("exit", (status) => resolve(status ?? 1)));
  if (counts) {
    await appendFile(process.env.EDGETWIN_COUNTS, await readFile(counts, "utf8"));
    await rm(dirname(counts), { recursive: true });
  }
  return code;
}
