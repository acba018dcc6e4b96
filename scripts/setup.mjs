// Brings a fresh clone to the point where everything runs: Node's version, npm packages, native add-ons, compiled code.
// Plain JavaScript on Node's own modules, because nothing else is there yet.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const marker = join(root, "node_modules", ".edgetwin-setup");

/** Does what is missing; returns when the workspace is compiled. Exits with a clear message when it cannot. */
export function setUp() {
  requireNode();
  installPackages();
  compile();
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Edgetwin needs Node.js 20.19 or newer, this is ${process.versions.node}.`,
    "Debian 13 has one: apt-get install nodejs npm",
  );
}

/** The lock file and the Node ABI decide what has to be installed: add-ons compiled for another Node do not load. */
const wantedState = () =>
  `${createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex")} ${process.versions.modules}`;

function installPackages() {
  const before = existsSync(marker) ? readFileSync(marker, "utf8") : undefined;
  const wanted = wantedState();
  if (before === wanted) return;
  ensureCompilers();
  const env = { ...process.env, ...nodeHeaders() };
  for (const command of installCommands(before, wanted)) install(command, env);
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, wanted);
}

/**
 * What makes node_modules fit. `npm ci` empties the folder before it compiles, so it is for an empty one; `npm install`
 * puts everything back as it was when a package does not compile, and what ran before goes on running.
 */
export function installCommands(before, wanted) {
  if (before === undefined) return [["ci"]];
  const [lockBefore, abiBefore] = before.split(" ");
  const [lock, abi] = wanted.split(" ");
  return [...(lockBefore === lock ? [] : [["install", "--no-save"]]), ...(abiBefore === abi ? [] : [["rebuild"]])];
}

/** Small boards run out of memory when several compilers run at once: what failed is tried once more with one. */
function install(command, env) {
  console.log("Installing packages and compiling native add-ons (about two minutes, once) ...");
  const args = [...command, "--no-audit", "--no-fund"];
  const attempt = (more) => spawnSync("npm", args, { cwd: root, stdio: "inherit", env: { ...env, ...more } });
  if (attempt({}).status === 0) return;
  console.log("That failed; once more with one compiler at a time ...");
  const { status, error } = attempt({ JOBS: "1", npm_config_jobs: "1" });
  if (error) fail(`npm cannot be started: ${error.message}`, "install it and run this again: apt-get install npm");
  if (status === 0) return;
  const left = existsSync(marker) ? "What was installed before is untouched." : "Nothing is installed yet.";
  fail(
    `npm ${args.join(" ")} failed with code ${status}; what it printed above says why. ${left}`,
    "mend it (network, disk space with df -h, memory with free -m, a package for apt-get named above) and run the same command again",
  );
}

/** node-gyp would download Node's headers; Debian's libnode-dev and most installations carry them. */
export function nodeHeaders() {
  if (process.env.npm_config_nodedir) return {};
  const prefixes = [dirname(dirname(process.execPath)), "/usr", "/usr/local"];
  const prefix = prefixes.find((path) => {
    const header = join(path, "include", "node", "node_version.h");
    if (!existsSync(header)) return false;
    const text = readFileSync(header, "utf8");
    const [major, minor] = ["MAJOR", "MINOR"].map((part) => text.match(new RegExp(`NODE_${part}_VERSION (\\d+)`))?.[1]);
    return process.versions.node.startsWith(`${major}.${minor}.`);
  });
  return prefix ? { npm_config_nodedir: prefix } : {};
}

function ensureCompilers() {
  const missing = ["make", "g++", "python3"].filter((tool) => spawnSync(tool, ["--version"]).error);
  if (missing.length === 0) return;
  const install = ["apt-get", "install", "-y", "--no-install-recommends", "make", "g++", "python3"];
  const root = process.getuid?.() === 0 && !spawnSync("apt-get", ["--version"]).error;
  if (!root) fail(`Native add-ons are compiled, and ${missing.join(", ")} is missing.`, `sudo ${install.join(" ")}`);
  console.log(`Installing ${missing.join(", ")} ...`);
  run("apt-get", ["update", "-q"]);
  run(install[0], install.slice(1));
}

function compile() {
  run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-b", "--pretty", "false"]);
  run(process.execPath, [join(root, "scripts", "build-console.mjs")]);
}

/** Runs a command in the workspace; exits with its code when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) fail(`${command} cannot be started: ${error.message}`, "install it and try again");
  if (status !== 0) process.exit(status ?? 1);
}

function fail(problem, fix) {
  console.error(`${problem}\nTry: ${fix}`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
