import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import type { Sink, SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import type { SinkPeer } from "@edgetwin/mapper-sdk/testing";
import { http } from "../../src/sinks/kinds/http.ts";
import { localDateTime } from "../../src/sinks/kinds/kubeedge-text.ts";
import { mqtt } from "../../src/sinks/kinds/mqtt.ts";
import { otel } from "../../src/sinks/kinds/otel.ts";
import { redis } from "../../src/sinks/kinds/redis.ts";
import { tdengine } from "../../src/sinks/kinds/tdengine.ts";
import { httpFarEnd } from "./support/http-far-end.ts";
import { jsonService, otlpService, tdengineService } from "./support/http-services.ts";
import { mqttFarEnd } from "./support/mqtt-far-end.ts";
import { redisFarEnd } from "./support/redis-far-end.ts";

const at = Date.UTC(2026, 10, 20, 10, 0, 0, 123);

type Given = Pick<SinkPoint, "property" | "type" | "value"> & Partial<SinkPoint>;

async function send(sink: Sink, peer: SinkPeer, given: readonly Given[], more: object = {}): Promise<void> {
  const { config } = sink.check({ ...peer.config, ...more }, "push");
  const { credential } = peer;
  await using session = await sink.open(config, { clock: systemClock, ...(credential && { credential }) });
  await session.send(given.map((point) => ({ device: "plant/boiler-01", at, quality: "good", config, ...point })));
}

const temperature: Given = { property: "temperature", type: "FLOAT", value: Math.fround(21.5), unit: "°C" };

test("HTTP in KubeEdge's form posts one value at a time, and a value cannot break the form", async () => {
  await using peer = await httpFarEnd({ ...jsonService, parse: () => [] });
  const note: Given = { property: "note", type: "STRING", value: "a&b=c d%" };
  await send(http, peer, [temperature], { compat: true });
  await send(http, peer, [note], { compat: true });
  assert.deepEqual(
    peer.requests.map(({ body }) => body),
    [`temperature=21.5&time=${localDateTime(at)}`, `note=a%26b%3Dc d%25&time=${localDateTime(at)}`],
  );
  assert.equal(peer.requests[0]?.headers["content-type"], "application/x-www-form-urlencoded");
  assert.equal(peer.requests[0]?.headers.authorization, "Bearer hunter2");
});

test("a whole number beyond 2^53 leaves as decimal text in JSON, so that nobody rounds it", async () => {
  await using peer = await httpFarEnd(jsonService);
  await send(http, peer, [{ property: "count", type: "INT", value: 2n ** 60n }]);
  assert.match(peer.requests[0]?.body ?? "", /"value":"1152921504606846976","type":"INT"/);
});

test("MQTT keeps qos and retained of each property, and speaks KubeEdge's text on request", async () => {
  await using peer = await mqttFarEnd();
  await send(mqtt, peer, [temperature], { qos: 0, retained: true });
  await send(mqtt, peer, [temperature], { compat: true, topic: "t" });
  assert.deepEqual(
    peer.messages.map(({ topic, qos, retain }) => [topic, qos, retain]),
    [
      ["plant/values", 0, true],
      ["t", 1, false],
    ],
  );
  assert.equal(peer.messages[1]?.payload, `time is ${localDateTime(at)}  t: 21.5`);
});

test("OTLP has a gauge for each property with device, namespace and unit; texts are attributes", async () => {
  await using peer = await httpFarEnd(otlpService);
  await send(otel, peer, [
    temperature,
    { property: "mode", type: "STRING", value: "eco" },
    { property: "on", type: "BOOLEAN", value: true },
  ]);
  assert.equal(peer.requests[0]?.path, "/v1/metrics");
  const [resource] = JSON.parse(peer.requests[0]?.body ?? "").resourceMetrics;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const whose = [text("device", "boiler-01"), text("namespace", "plant")];
  const timeUnixNano = `${at}000000`;
  assert.deepEqual(resource.resource.attributes, [
    text("service.name", "edgetwin"),
    text("device.id", "plant/boiler-01"),
  ]);
  assert.deepEqual(resource.scopeMetrics[0].metrics, [
    {
      name: "temperature",
      unit: "°C",
      gauge: { dataPoints: [{ timeUnixNano, asDouble: 21.5, attributes: [...whose, text("unit", "°C")] }] },
    },
    {
      name: "mode",
      gauge: { dataPoints: [{ timeUnixNano, asInt: "1", attributes: [...whose, text("value", "eco")] }] },
    },
    { name: "on", gauge: { dataPoints: [{ timeUnixNano, asInt: "1", attributes: whose }] } },
  ]);
});

test("Redis gets KubeEdge's data model in the sorted set of the device, behind login and choice of database", async () => {
  await using peer = await redisFarEnd();
  await send(redis, peer, [temperature]);
  const commands = peer.commands.map((words) => words.join(" "));
  assert.ok(
    commands.some((command) => /^AUTH hunter2$/.test(command)),
    commands.join("\n"),
  );
  assert.ok(commands.includes("SELECT 1"), commands.join("\n"));
  const member = `{"DeviceName":"boiler-01","PropertyName":"temperature","Namespace":"plant","Value":"21.5","Type":"float","TimeStamp":${at}}`;
  assert.equal(commands.at(-1), `ZADD boiler-01 ${at} ${member}`);
});

test("TDengine gets KubeEdge's super table once, and text that cannot leave its quotes", async () => {
  await using peer = await httpFarEnd({ ...tdengineService, parse: () => [] });
  await send(tdengine, peer, [
    temperature,
    { property: "note", type: "STRING", value: "it's a \\ 'quote'); DROP TABLE x; --" },
  ]);
  const [create, insert] = peer.requests.map(({ body }) => body);
  assert.match(create ?? "", /^CREATE STABLE IF NOT EXISTS `plant\/boiler_01` \(ts TIMESTAMP, deviceid BINARY\(64\)/);
  assert.equal(
    insert,
    "INSERT INTO `plant/boiler_01/temperature` USING `plant/boiler_01` TAGS ('temperature') " +
      `VALUES (${at}, 'plant/boiler-01', 'temperature', '21.5', 'float') ` +
      "`plant/boiler_01/note` USING `plant/boiler_01` TAGS ('note') " +
      String.raw`VALUES (${at}, 'plant/boiler-01', 'note', 'it\'s a \\ \'quote\'); DROP TABLE x; --', 'string')`,
  );
  assert.equal(peer.requests[0]?.path, "/rest/sql/plant");
  assert.equal(peer.requests[0]?.headers.authorization, `Basic ${Buffer.from("root:taosdata").toString("base64")}`);
});
