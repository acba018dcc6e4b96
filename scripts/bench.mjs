// `npm run bench -- NAME`: runs bench/src/NAME.bench.ts; the last line it prints is one JSON object.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, run, setUp } from "./setup.mjs";

setUp();
const [name, ...args] = process.argv.slice(2);
const folder = join(root, "bench", "dist", "src");
const script = join(folder, `${name}.bench.js`);
if (!existsSync(script)) {
  const scripts = readdirSync(folder).filter((file) => file.endsWith(".bench.js"));
  console.error(
    `There is no bench ${name ?? "(none was named)"}; there are: ${scripts.map((file) => file.slice(0, -9)).join(", ")}`,
  );
  process.exit(2);
}
run(process.execPath, ["--expose-gc", script, ...args]);
