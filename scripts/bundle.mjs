// `npm run bundle`: the agent as people install it, in dist/edgetwin. See scripts/bundle/bundle.mjs.
import { join } from "node:path";
import { bundle } from "./bundle/bundle.mjs";
import { root, setUp } from "./setup.mjs";

setUp();
const { folder, files, bytes } = await bundle(join(root, "dist", "edgetwin"));
console.log(`${files} files, ${(bytes / 1e6).toFixed(1)} MB of code in ${folder}`);
console.log(`Try: ${join(folder, "node_modules", "@edgetwin", "agent", "bin", "edgetwin.js")} run`);
