// `npm start`: the traffic light on the board of this machine, or on a simulated one, and an emulated air purifier.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

setUp();
const examples = join(root, "examples");
// What an emulated purifier is protected with is no secret.
const env = { ...process.env, PURIFIER_PASSWORD: process.env.PURIFIER_PASSWORD ?? "emulated" };
const purifier = spawn(process.execPath, [join(examples, "air-purifier", "dist", "src", "emulate.js")], {
  stdio: ["ignore", "inherit", "inherit", "ipc"], // its end tells the emulator that we are gone
  env,
});
const agent = spawn(
  join(root, "agent", "bin", "edgetwin.js"),
  ["run", "--config", join(examples, "edgetwin.yaml"), ...process.argv.slice(2)],
  { stdio: "inherit", env },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => agent.kill(signal));
agent.on("exit", (code, signal) => {
  purifier.kill();
  process.exit(signal ? 1 : (code ?? 1));
});
