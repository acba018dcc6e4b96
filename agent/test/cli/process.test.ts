import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { RealAgent } from "../support/real-agent.ts";

const entry = fileURLToPath(new URL("../../../bin/edgetwin.js", import.meta.url));

/** An agent without a message bus: these tests need no port. */
const quiet = { bus: { broker: "off" } };

function edgetwin(agent: RealAgent, ...words: readonly string[]): ChildProcess {
  const env = {
    ...process.env,
    EDGETWIN_SOCKET: join(agent.directory, "edgetwin.sock"),
    EDGETWIN_STATE_DIR: agent.directory,
  };
  return spawn(process.execPath, [entry, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
}

interface Printed {
  readonly out: string;
  readonly err: string;
}

/** A running command with everything it has printed so far. */
class Running {
  readonly child: ChildProcess;
  /** Resolves when it has ended and its streams are closed. */
  readonly ended: Promise<Printed & { readonly code: number | null }>;
  #out = "";
  #err = "";
  #onOutput = () => {};

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#out += text;
      this.#onOutput();
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#err += text;
    });
    this.ended = once(child, "close").then(([code]) => ({
      code: code as number | null,
      out: this.#out,
      err: this.#err,
    }));
  }

  /** Resolves when it has printed what fits, also when that was before. */
  printed(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#onOutput = () => pattern.test(this.#out) && resolve();
      this.#onOutput();
    });
  }
}

const ran = (child: ChildProcess) => new Running(child).ended;

test("against the real agent: set --wait drives the lamp, why tells how, get and doctor agree", async () => {
  await using agent = new RealAgent(0, quiet);
  await agent.start();
  const set = await ran(edgetwin(agent, "set", "lamps-01", "left=true", "--wait"));
  assert.equal(set.code, 0, set.err);
  assert.equal(set.out, "left = true verified (version 1)\n");
  assert.match(set.err, /left: verified\n$/);

  const why = await ran(edgetwin(agent, "why", "lamps-01", "left"));
  const lines = why.out
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^[\d-]+ [\d:.]+ +/, ""));
  assert.match(lines[0] ?? "", /\(with the edgetwin command\) set it to true, version 1\.$/);
  assert.ok(lines.includes("Version 1 was read back from the device and agrees."), why.out);
  assert.match(lines.at(-1) ?? "", /^Now: true is desired and verified; the device reported true \d+s ago \(good\)\.$/);

  const twins = await ran(edgetwin(agent, "get", "twins", "lamps-01"));
  assert.match(twins.out, /^lamps-01 +left +true +true +- +verified +good/m);
  const doctor = await ran(edgetwin(agent, "doctor", "--config", join(agent.directory, "config.json"), "-o", "json"));
  const findings: { check: string; state: string }[] = JSON.parse(doctor.out).findings;
  const states = Object.fromEntries(findings.map(({ check, state }) => [check, state]));
  assert.deepEqual(
    [states.configuration, states.agent, states["agent store"], states["agent devices"], states.board],
    ["ok", "ok", "ok", "ok", "ok"],
  );
});

test("a manifest that is refused at the start is told on the terminal, after what to try", async () => {
  await using agent = new RealAgent(0, { ...quiet, manifests: ["absent.yaml"] });
  const run = new Running(edgetwin(agent, "run", "--config", join(agent.directory, "config.json")));
  await run.printed(/runs as node[\s\S]*apply -f MANIFEST/);
  run.child.kill("SIGTERM");
  const { err } = await run.ended;
  assert.match(
    err,
    /^error: \S+absent\.yaml was not applied:\n {2}there is no such file or directory; correct manifests/m,
  );
});

test("apply tells of a pin that does not exist and of one that another device holds", async () => {
  await using agent = new RealAgent(0, quiet);
  await agent.start();
  const device = (name: string, pin: string) => `---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: ${name} }
spec:
  nodeName: test
  deviceModelRef: { name: one-lamp }
  protocol: { protocolName: gpio }
  properties: [{ name: lamp, visitors: { protocolName: gpio, configData: { pin: ${pin} } } }]
`;
  const model = `apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: one-lamp }
spec: { protocol: gpio, properties: [{ name: lamp, type: BOOLEAN, accessMode: ReadWrite }] }
`;
  const file = join(agent.directory, "lamps.yaml");
  writeFileSync(file, model + device("a-first", "GPIO21") + device("b-second", "GPIO21") + device("c-third", "GPIO99"));
  const { code, out, err } = await ran(edgetwin(agent, "apply", "-f", file));
  assert.equal(code, 0, err);
  assert.match(out, /^device\/default\/c-third created$/m);
  assert.doesNotMatch(err, /a-first is/);
  assert.match(err, /b-second is waiting: .*GPIO21.*a-first.*; it is tried again by itself$/m);
  assert.match(err, /^warning: .*GPIO99/m);
});

test("a mapper package that never returns from being loaded is named on the terminal, with the way out", async () => {
  await using agent = new RealAgent(0, { ...quiet, mappers: ["@edgetwin/mapper-gpio", "./endless.js"] });
  writeFileSync(join(agent.directory, "endless.js"), "for (;;);");
  const run = edgetwin(agent, "run", "--config", join(agent.directory, "config.json"));
  let err = "";
  for await (const text of run.stderr?.setEncoding("utf8") ?? []) {
    err += text;
    if (err.includes("isolation: process")) break;
  }
  run.kill("SIGKILL");
  assert.match(
    err,
    /nothing has run for 5 s, because a mapper package does not come back from being loaded: \.\/endless\.js\. /,
  );
});

test("watch lives through kill -9 and restart of the agent and ends with exit code 0 on SIGINT", async () => {
  await using agent = new RealAgent(0, quiet);
  await agent.start();
  const watch = new Running(edgetwin(agent, "watch", "lamps-01"));
  await watch.printed(/device online/);
  await agent.end("SIGKILL");
  await agent.start();
  await ran(edgetwin(agent, "set", "lamps-01", "right=true", "--wait"));
  await watch.printed(/right {2}desired true/);
  watch.child.kill("SIGINT");
  const { code, err } = await watch.ended;
  assert.equal(code, 0, err);
  assert.match(err, /^the agent went away; waiting for it to come back\n/);
});

test("a reader that has had enough of watch ends it", async () => {
  await using agent = new RealAgent(0, quiet);
  await agent.start();
  const watch = new Running(edgetwin(agent, "watch", "-o", "json"));
  await watch.printed(/synced/);
  watch.child.stdout?.destroy();
  await ran(edgetwin(agent, "set", "lamps-01", "middle=true", "--wait"));
  await ran(edgetwin(agent, "set", "lamps-01", "middle=false", "--wait"));
  assert.equal((await watch.ended).code, 0);
});
