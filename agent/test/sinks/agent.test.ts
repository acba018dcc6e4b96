import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Finding, Scope, systemClock } from "@edgetwin/mapper-sdk";
import type { RunningAgent } from "../../src/agent.ts";
import type { SinkJson } from "../../src/api/routes/sinks.ts";
import { runLine } from "../cli/support/test-command.ts";
import { KeptLog, startLamps, temporaryDirectory } from "../start/support.ts";
import { httpFarEnd } from "./support/http-far-end.ts";
import { influxService, jsonService } from "./support/http-services.ts";

const origin = { door: "rest", actor: "test" } as const;

const manifest = (properties: string, push = "") => `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: tank }
spec: { properties: [{ name: level, type: INT, accessMode: ReadOnly, unit: l }, { name: label, type: STRING, accessMode: ReadOnly }] }
---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: tank${push === "" ? "" : `, annotations: { edgetwin.io/push: '${push}' }`} }
spec: { deviceModelRef: { name: tank }, properties: [${properties}] }
`;

const run = (directory: string, line: string) =>
  runLine(line, { clock: systemClock, env: { EDGETWIN_SOCKET: join(directory, "edgetwin.sock"), TZ: "UTC" } });

async function sinks(directory: string): Promise<readonly SinkJson[]> {
  return (JSON.parse((await run(directory, "get sinks -o json")).out) as { items: readonly SinkJson[] }).items;
}

const report = (agent: RunningAgent, level: number) =>
  agent.core.engine.submit("default/tank", {
    ...{ kind: "change", at: systemClock.now(), origin },
    reported: { level: { raw: { value: BigInt(level) } }, label: { raw: { value: `tank, "${level}"` } } },
  });

async function until(isRight: () => Promise<boolean> | boolean): Promise<void> {
  const end = systemClock.monotonic() + 10_000;
  while (!(await isRight())) {
    assert.ok(systemClock.monotonic() < end, "it never came true");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("an agent whose devices push nothing has no queue, no sinks and no metrics of them", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const agent = scope.use(await startLamps(directory, {}, { log: new KeptLog() }));
  assert.deepEqual(await sinks(directory), []);
  const { err } = await run(directory, "get sinks");
  assert.match(err, /no device pushes its values anywhere/);
  assert.equal(existsSync(join(directory, "sinks.db")), false);
  assert.equal(agent.core.registry.devices().length, 1);
});

test("one property to two sinks at once, each with its own encoding and credential", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const web = scope.use(await httpFarEnd(jsonService));
  const influx = scope.use(await httpFarEnd(influxService));
  writeFileSync(join(directory, "token"), "", { mode: 0o600 });
  writeFileSync(join(directory, "influx"), "hunter2\n", { mode: 0o600 });
  const settings = { credentials: { influxdb2: { file: "influx" } } };
  const agent = scope.use(await startLamps(directory, settings, { log: new KeptLog() }));
  const { url, org, bucket } = influx.config as Record<string, string>;
  const push = JSON.stringify({
    http: web.config,
    dbMethod: { influxdb2: { influxdb2ClientConfig: { url, org, bucket } } },
  });
  const [, result] = await agent.core.registry.apply(
    manifest(`{ name: level, reportCycle: 20, pushMethod: ${push} }`),
    { origin },
  );
  assert.deepEqual(
    result?.warnings.filter((warning) => /push|sink/i.test(warning)),
    [],
  );
  await until(async () => (await sinks(directory)).length === 2);
  await report(agent, 41);
  await until(() => web.requests.length > 0 && influx.requests.length > 0);
  const [point] = (JSON.parse(web.requests[0]?.body ?? "") as { points: Record<string, unknown>[] }).points;
  assert.match(String(point?.at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(
    { ...point, at: "" },
    { device: "default/tank", property: "level", value: 41, type: "INT", unit: "l", at: "", quality: "good" },
  );
  assert.equal(influx.requests[0]?.path, "/api/v2/write?org=plant&bucket=edge&precision=ms");
  assert.equal(influx.requests[0]?.headers.authorization, "Token hunter2");
  assert.match(influx.requests[0]?.body ?? "", /^tank,device=tank,namespace=default level=41i \d{13}$/);
  const { out } = await run(directory, "get sinks -o wide");
  assert.match(out, /^http +http:\/\/127\.0\.0\.1:\d+\/values +idle +0 +- +1 +0 +default\/tank +0 +-$/m);
  assert.doesNotMatch(out + (await run(directory, "get sinks -o json")).out, /hunter2/);
});

test("what cannot work is told at apply with path, value and fix, shown as refused, and costs nothing else", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const web = scope.use(await httpFarEnd(jsonService));
  const agent = scope.use(await startLamps(directory, {}, { log: new KeptLog() }));
  const bad = `{ name: label, pushMethod: { mqtt: { address: "tcp://10.0.0.5:1883" }, dbMethod: { redis: { redisClientConfig: { addr: "10.0.0.5:99999" } } } } }`;
  const good = `{ name: level, reportCycle: 20, pushMethod: { http: ${JSON.stringify(web.config)} } }`;
  const [, result] = await agent.core.registry.apply(manifest(`${good}, ${bad}`, '{"level":{"inflxdb2":{}}}'), {
    origin,
  });
  const said = (result?.warnings ?? []).join("\n");
  assert.match(said, /spec\.properties\[1\]\.pushMethod\.mqtt\.topic: is missing; expected a topic/);
  assert.match(
    said,
    /pushMethod\.dbMethod\.redis\.addr: expected an address like "10\.0\.0\.5:6379".*, got "10\.0\.0\.5:99999"/,
  );
  assert.match(said, /level\.inflxdb2: there is no sink "inflxdb2"; did you mean "influxdb2"\?/);
  await until(async () => (await sinks(directory)).length === 4);
  await report(agent, 1);
  await until(() => web.requests.length > 0);
  assert.deepEqual((await sinks(directory)).map(({ state }) => state).filter((state) => state === "refused").length, 3);
  const { out } = await run(directory, `doctor -o json`);
  const findings = (JSON.parse(out) as { findings: readonly Finding[] }).findings.filter(({ check }) =>
    check.startsWith("sink "),
  );
  assert.deepEqual(findings.map(({ check, state }) => `${check} ${state}`).sort(), [
    "sink http ok",
    "sink inflxdb2 warn",
    "sink mqtt warn",
    "sink redis warn",
  ]);
});

test("time series of an older device are left to the MQTT mapper that has always sent them", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const agent = scope.use(await startLamps(directory, {}, { log: new KeptLog() }));
  const old = `
apiVersion: devices.kubeedge.io/v1alpha2
kind: DeviceModel
metadata: { name: old }
spec: { properties: [{ name: level, type: { int: { accessMode: ReadOnly } } }] }
---
apiVersion: devices.kubeedge.io/v1alpha2
kind: Device
metadata: { name: old }
spec:
  deviceModelRef: { name: old }
  data: { dataProperties: [{ propertyName: level }] }
`;
  await agent.core.registry.apply(old, { origin });
  const push = JSON.stringify({ otel: { endpointURL: "http://127.0.0.1:9" } });
  await agent.core.registry.apply(manifest(`{ name: level, pushMethod: ${push} }`), { origin });
  await until(async () => (await sinks(directory)).length > 0);
  assert.deepEqual(
    (await sinks(directory)).map(({ sink }) => sink),
    ["otel"],
  );
});

test("a sink of one's own is a package in the configuration and a name in the annotation", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const sdk = import.meta.resolve("@edgetwin/mapper-sdk");
  const file = join(directory, "audit.log");
  writeFileSync(
    join(directory, "audit.mjs"),
    `import { appendFile } from "node:fs/promises";
     import { f, fields } from "${sdk}";
     import { defineSink } from "${import.meta.resolve("@edgetwin/mapper-sdk/sinks")}";
     export const audit = defineSink({
       name: "audit",
       config: fields({ path: f.string() }),
       target: ({ path }) => ({ path }),
       address: ({ path }) => path,
       open: ({ target }) => ({ send: (points) => appendFile(target.path, points.map((p) => p.property + " " + p.value + "\\n").join("")) }),
     });`,
  );
  const log = new KeptLog();
  const settings = { sinks: { packages: ["./audit.mjs", "./absent.mjs"] } };
  const agent = scope.use(await startLamps(directory, settings, { log }));
  await agent.core.registry.apply(
    manifest("{ name: level, reportCycle: 20 }", JSON.stringify({ "*": { audit: { path: file } } })),
    { origin },
  );
  await until(async () => (await sinks(directory)).length === 1);
  await report(agent, 7);
  await until(async () => (await sinks(directory))[0]?.sent === 2);
  assert.match(log.lines.join("\n"), /sink package does not load: \.\/absent\.mjs, there is no such file/);
});

test("a device that changes its target leaves what waits to the former one, and a deleted one its queue", async () => {
  await using scope = new Scope();
  const directory = temporaryDirectory(scope);
  const first = scope.use(await httpFarEnd(jsonService));
  const second = scope.use(await httpFarEnd(jsonService));
  const agent = scope.use(await startLamps(directory, {}, { log: new KeptLog() }));
  const to = (config: object) =>
    manifest(`{ name: level, reportCycle: 20, pushMethod: { http: ${JSON.stringify(config)} } }`);
  await first.down();
  await agent.core.registry.apply(to(first.config), { origin });
  await until(async () => (await sinks(directory)).length === 1);
  await report(agent, 1);
  await until(async () => (await sinks(directory))[0]?.queued === 1);
  await agent.core.registry.apply(to(second.config), { origin });
  await until(async () => (await sinks(directory)).length === 2);
  await report(agent, 2);
  await until(() => second.requests.length === 1);
  await first.up();
  await agent.core.registry.deleteDevice("default/tank", origin);
  await until(() => first.requests.length === 1);
  await until(async () => (await sinks(directory)).length === 0);
});
