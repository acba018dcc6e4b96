import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Scope } from "@edgetwin/mapper-sdk";
import { example, temporaryDirectory } from "./example-agent.ts";

const edgetwin = fileURLToPath(new URL("../../../../agent/bin/edgetwin.js", import.meta.url));
const emulator = join(example, "dist", "src", "emulator.js");

/** What `edgetwin.yaml` says, for an agent that meets no other one. */
const configOf = (stateDirectory: string) => ({
  node: "raspberrypi",
  stateDirectory,
  mappers: ["@edgetwin/mapper-gpio", "@edgetwin/mapper-i2c", "@edgetwin/mapper-modbus"],
  manifests: [
    join(example, "../../models/library/relay-board-8.yaml"),
    join(example, "../../models/library/sdm120.yaml"),
    join(example, "manifests"),
  ],
  board: { use: "simulated" },
  bus: { broker: "off" },
  api: { port: 0 },
});

/** The example as `npm run example greenhouse` runs it; `shows` resolves when it prints what matches. */
class ExampleProcess {
  readonly #child: ChildProcess;
  #output = "";

  constructor(config: string) {
    const words = ["mapper", "try", "--config", config, "--emulator", emulator];
    this.#child = spawn(process.execPath, [edgetwin, ...words], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        this.#child.emit("said");
      });
    }
  }

  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#output)) {
      assert.equal(this.#child.exitCode, null, `the example ended:\n${this.#output}`);
      await Promise.race([once(this.#child, "said"), once(this.#child, "exit")]);
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
    return this.#child.exitCode;
  }
}

test("its command shows values, follows edgetwin set, and after kill -9 goes on with what was desired", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const config = join(directory, "config.json");
  writeFileSync(config, JSON.stringify(configOf(directory)));
  const start = () => scope.adopt(new ExampleProcess(config), async (started) => void (await started.end("SIGKILL")));

  const first = start();
  for (const shown of [
    /inside temperature {2}reported \d/,
    /outside humidity {2}reported \d/,
    /voltage {2}reported 230/,
  ])
    await first.shows(shown);
  const set = ["--socket", join(directory, "edgetwin.sock"), "set", "relays", "relay1=true", "--wait"];
  const { stdout } = await promisify(execFile)(process.execPath, [edgetwin, ...set]);
  assert.match(stdout, /relay1 = true verified/);
  await first.shows(/meter power {2}reported 1000 W/);
  await first.end("SIGKILL");

  const second = start();
  await second.shows(/meter power {2}reported 1000 W/);
  assert.equal(await second.end("SIGINT"), 0);
});
