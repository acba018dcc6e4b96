// `npm test`: everything of `npm run check`, and the tests that start agents and brokers.
import { join } from "node:path";
import { root, run, setUp } from "./setup.mjs";
import { integrationTests, runTests, unitTests } from "./test-files.mjs";

setUp();
run(join(root, "node_modules", ".bin", "biome"), ["check", "--error-on-warnings", "."]);
process.exit(await runTests([...(await unitTests()), ...(await integrationTests())]));
