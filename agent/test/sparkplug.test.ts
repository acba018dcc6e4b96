import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import mqtt from "mqtt";
import { type RunningAgent, startAgent } from "../src/agent.ts";
import { openEmbeddedBus } from "../src/bus/embedded.ts";
import { parseConfig } from "../src/config/config.ts";
import { workspace } from "./docs/support/blocks.ts";
import { freePort } from "./support/free-port.ts";
import { RealAgent } from "./support/real-agent.ts";

/** The decoder of Eclipse Tahu, whose people wrote the specification. */
interface Codec {
  encodePayload(payload: object): Uint8Array;
  decodePayload(bytes: Uint8Array): { readonly seq?: unknown; readonly metrics?: readonly HostMetric[] };
}
interface HostMetric {
  readonly name?: string;
  readonly alias?: unknown;
  readonly type?: string;
  readonly value: unknown;
  readonly properties?: Readonly<Record<string, { readonly value: unknown }>>;
}
const { get } = createRequire(import.meta.url)("sparkplug-payload") as { get(version: "spBv1.0"): Codec };
const codec = get("spBv1.0");

interface Said {
  readonly type: string;
  readonly device: string | undefined;
  readonly seq: number | undefined;
  readonly metrics: readonly HostMetric[];
}

/** A host application: everything that is said, in order, and how to wait for more. */
async function bench(scope: Scope, { primaryHost }: { readonly primaryHost?: string } = {}) {
  const port = await freePort();
  scope.use(await openEmbeddedBus({ clock: systemClock, log: silentLog, endpoints: [{ host: "127.0.0.1", port }] }));
  const url = `mqtt://127.0.0.1:${port}`;
  const client = await mqtt.connectAsync(url);
  scope.defer(() => client.endAsync(true));
  const said: Said[] = [];
  const waiting = new Set<() => void>();
  client.on("message", (topic, bytes) => {
    const [, , type = "", , device] = topic.split("/");
    const { seq, metrics = [] } = codec.decodePayload(bytes);
    said.push({ type, device, seq: seq === undefined || seq === null ? undefined : Number(seq), metrics });
    for (const look of [...waiting]) look();
  });
  await client.subscribeAsync([
    "spBv1.0/plant/NBIRTH/#",
    "spBv1.0/plant/NDEATH/#",
    "spBv1.0/plant/DBIRTH/#",
    "spBv1.0/plant/DDATA/#",
    "spBv1.0/plant/DDEATH/#",
  ]);
  const next = async (holds: (one: Said) => boolean, from = 0): Promise<Said> =>
    await new Promise((resolve) => {
      const look = () => {
        const found = said.slice(from).find(holds);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const state = mkdtempSync(join(tmpdir(), "edgetwin-spb-"));
  scope.defer(() => rmSync(state, { recursive: true, force: true }));
  const raw = {
    ...{ node: "pi", stateDirectory: state, mappers: ["@edgetwin/mapper-gpio"] },
    sparkplug: { url, group: "plant", ...(primaryHost && { primaryHost }) },
    ...{ board: { use: "simulated" }, bus: { broker: "off" }, api: { port: 0 }, dmi: { socket: "off" } },
    manifests: [join(workspace, "examples", "traffic-light", "manifests")],
  };
  const paths = { stateDirectory: state, socket: join(state, "s") };
  const config = parseConfig(raw, { where: "test", directory: join(workspace, "examples", "traffic-light"), paths });
  const start = async (): Promise<RunningAgent> => scope.use(await startAgent(config, { log: silentLog }));
  const command = (topic: string, metrics: readonly object[]) =>
    client.publishAsync(topic, Buffer.from(codec.encodePayload({ timestamp: 1, metrics })), { qos: 1 });
  return { url, client, said, next, start, command };
}

const light = "traffic-light-instance-01";
const named = (metrics: readonly HostMetric[], name: string) => metrics.find((metric) => metric.name === name);
const aliasOf = ({ metrics }: Said, name: string) => Number(named(metrics, name)?.alias);
const bdSeqOf = ({ metrics }: Said) => Number(named(metrics, "bdSeq")?.value);
const hasRed = (wanted: string, alias: number) => (one: Said) =>
  one.type === "DDATA" && one.metrics.some((metric) => Number(metric.alias) === alias && metric.value === wanted);

test("an independent decoder reads births, data and deaths, and its commands are followed", async () => {
  await using scope = new Scope();
  const { said, next, start, command } = await bench(scope);
  const agent = await start();
  const nodeBirth = await next(({ type }) => type === "NBIRTH");
  assert.deepEqual(
    [nodeBirth.seq, bdSeqOf(nodeBirth), named(nodeBirth.metrics, "Node Control/Rebirth")?.value],
    [0, 0, false],
  );
  const birth = await next(({ type }) => type === "DBIRTH");
  assert.equal(birth.device, light);
  const red = named(birth.metrics, "red");
  assert.deepEqual([red?.type, red?.properties?.readOnly?.value], ["String", false]);
  const alias = aliasOf(birth, "red");
  await command(`spBv1.0/plant/DCMD/pi/${light}`, [{ name: "red", type: "String", value: "ON" }]);
  const data = await next(hasRed("ON", alias));
  assert.equal(named(data.metrics, "red"), undefined, "data goes by alias alone");
  await command(`spBv1.0/plant/DCMD/pi/${light}`, [{ alias, type: "String", value: "OFF" }]);
  await next(hasRed("OFF", alias), said.length);
  const before = said.length;
  await command("spBv1.0/plant/NCMD/pi", [{ name: "Node Control/Rebirth", type: "Boolean", value: true }]);
  const again = await next(({ type }) => type === "NBIRTH", before);
  assert.deepEqual([again.seq, bdSeqOf(again)], [0, 0]);
  assert.equal(aliasOf(await next(({ type }) => type === "DBIRTH", before), "red"), alias);
  await agent[Symbol.asyncDispose]();
  const death = await next(({ type }) => type === "NDEATH");
  assert.deepEqual([death.seq, bdSeqOf(death)], [undefined, 0]);
  // From birth to birth, every message has the number after that of the one before.
  const numbers = said.filter(({ type }) => type !== "NDEATH").map(({ type, seq }) => ({ type, seq }));
  for (const [index, { type, seq }] of numbers.entries())
    assert.equal(seq, type === "NBIRTH" ? 0 : (Number(numbers[index - 1]?.seq) + 1) % 256);
});

test("nothing is said before the primary host is there; it is born in a new connection when that is back", async () => {
  await using scope = new Scope();
  const { client, said, next, start } = await bench(scope, { primaryHost: "scada" });
  const hostSays = (online: boolean, timestamp: number) =>
    client.publishAsync("spBv1.0/STATE/scada", JSON.stringify({ online, timestamp }), { qos: 1, retain: true });
  await hostSays(false, 1000);
  await start();
  await hostSays(true, 2000);
  const first = await next(({ type }) => type === "NBIRTH");
  assert.equal(said[0], first);
  await hostSays(false, 1500); // an echo of former times
  await hostSays(false, 3000);
  const death = await next(({ type }) => type === "NDEATH");
  assert.equal(bdSeqOf(death), bdSeqOf(first));
  const before = said.length;
  await hostSays(true, 4000);
  const second = await next(({ type }) => type === "NBIRTH", before);
  assert.equal(second.seq, 0);
});

test("an agent that is killed dies by its will, with the number of its birth, and is born again", async () => {
  await using scope = new Scope();
  const { url, said, next } = await bench(scope);
  const agent = scope.use(new RealAgent(0, { bus: { broker: "off" }, sparkplug: { url, group: "plant" } }));
  await agent.start();
  const birth = await next(({ type }) => type === "NBIRTH");
  await agent.end("SIGKILL");
  const death = await next(({ type }) => type === "NDEATH");
  assert.deepEqual([death.seq, bdSeqOf(death)], [undefined, bdSeqOf(birth)]);
  const before = said.length;
  await agent.start();
  await next(({ type }) => type === "DBIRTH", before);
});
