// `npm run remote BUTTON`: presses a button of the emulated air purifier's remote control.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

setUp();
const remote = join(root, "examples", "air-purifier", "dist", "src", "remote.js");
process.exit(spawnSync(process.execPath, [remote, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1);
