// The suites that `npm test` leaves out: programs from Debian as peers, and the crash and property tests at length.
import { setUp } from "./setup.mjs";
import { integrationTests, peerTests, runTests, unitTests } from "./test-files.mjs";

setUp();
const atLength = (await unitTests())
  .concat(await integrationTests())
  .filter((file) => /(guarantees|crash|store\/model)\.test\.js$/.test(file));
const codes = [
  await runTests(await peerTests(), { concurrency: 1 }),
  await runTests(atLength, {
    env: {
      EDGETWIN_RUNS: "400",
      EDGETWIN_KILLS: "200",
      EDGETWIN_CHILD_KILLS: "300",
      EDGETWIN_CRASH_RUNS: "60",
      EDGETWIN_MODEL_RUNS: "100",
    },
    timeoutMs: 900_000,
  }),
];
process.exit(Math.max(...codes));
