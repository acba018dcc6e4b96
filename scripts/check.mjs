// `npm run check`: types, lint, architecture and unit tests; fast enough to run always.
import { join } from "node:path";
import { root, run, setUp } from "./setup.mjs";
import { runTests, unitTests } from "./test-files.mjs";

setUp();
run(join(root, "node_modules", ".bin", "biome"), ["check", "--error-on-warnings", "."]);
process.exit(await runTests(await unitTests()));
