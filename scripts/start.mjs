// `npm start`: the traffic light on the board of this machine, or on a simulated one.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

setUp();
const agent = spawn(
  join(root, "agent", "bin", "edgetwin.js"),
  ["run", "--config", join(root, "examples", "traffic-light", "edgetwin.yaml"), ...process.argv.slice(2)],
  { stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => agent.kill(signal));
agent.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
