// `npm run example NAME`: an example of the folder `examples`, with emulated devices where it brings them.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

const folder = join(root, "examples");
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "edgetwin.yaml")));
const [name, ...options] = process.argv.slice(2);
if (!names.includes(name)) {
  if (name !== undefined) console.error(`There is no example ${JSON.stringify(name)}.`);
  console.log(list());
  process.exit(name === undefined ? 0 : 2);
}

setUp();
const config = join(folder, name, "edgetwin.yaml");
const emulator = join(folder, name, "dist", "src", "emulator.js");
const { parse } = await import("yaml"); // not before the set-up: it may have to be installed
const simulated = parse(readFileSync(config, "utf8")).board?.use === "simulated";
const words =
  simulated && existsSync(emulator)
    ? ["mapper", "try", "--config", config, "--emulator", emulator]
    : ["run", "--config", config];
const agent = spawn(join(root, "agent", "bin", "edgetwin.js"), [...words, ...options], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => agent.kill(signal));
agent.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

/** What there is, one line each. */
function list() {
  const width = Math.max(...names.map(({ length }) => length));
  const lines = names.map((example) => {
    const { description } = JSON.parse(readFileSync(join(folder, example, "package.json"), "utf8"));
    return `  npm run example ${example.padEnd(width)}  ${description}`;
  });
  return ["Examples:", ...lines].join("\n");
}
