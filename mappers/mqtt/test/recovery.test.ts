import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Device, defineModel, type Environment, MapperError, p } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { mqtt } from "../src/index.ts";
import { EmulatedBroker, serveBroker } from "../src/testing/index.ts";

const model = defineModel("plug", { power: p.boolean({ access: "rw" }), watts: p.double() });
const values = { true: "ON", false: "OFF" };
const visitorsOf = (name: string) => ({
  power: { state: `${name}/power`, command: `${name}/set`, values, confirmMs: 500 },
  watts: { state: `${name}/sensor`, path: "$.ENERGY.Power" },
});

/** A plug behind a broker on a real socket; time only passes when it is told to. */
class Bench {
  readonly clock = new ManualClock();
  readonly board = new SimBoard({ clock: this.clock });
  readonly broker: EmulatedBroker;

  constructor(broker = new EmulatedBroker()) {
    this.broker = broker;
  }

  /** A plug that does what it is told. */
  plug(name: string): this {
    const { broker } = this;
    broker.publish(`${name}/power`, "OFF", { retain: true });
    broker.publish(`${name}/status`, "online", { retain: true });
    broker.publish(`${name}/sensor`, { ENERGY: { Power: 12.5 } }, { retain: true });
    broker.subscribe(`${name}/set`, (_, word) => broker.publish(`${name}/power`, word, { retain: true }));
    return this;
  }

  open(url: string, { name = "plug", environment = {}, ...more }: Opening = {}): Promise<Device<typeof model>> {
    const { board, clock } = this;
    const connection = { url, availability: { topic: `${name}/status` }, ...more };
    return mqtt.serve(model).open({ connection, visitors: visitorsOf(name) }, { board, clock, ...environment });
  }
}

interface Opening {
  readonly name?: string;
  readonly environment?: Partial<Environment>;
  readonly credential?: string;
  readonly expireAfterMs?: number;
}

/** What a watch ends with. */
async function endOf(device: Device<typeof model>): Promise<MapperError> {
  try {
    for await (const _ of device.watch("power") ?? []);
  } catch (error) {
    if (error instanceof MapperError) return error;
    throw error;
  }
  return assert.fail("the watch ended without a reason");
}

describe("a device behind a broker", () => {
  test("shares its connection with the others there", async () => {
    const bench = new Bench().plug("plug").plug("other");
    await using server = await serveBroker(bench.broker);
    await using one = await bench.open(server.url);
    await using two = await bench.open(server.url, { name: "other" });
    await two.write("power", true);
    assert.deepEqual([await one.read("power"), await two.read("power")], [false, true]);
    assert.deepEqual([await one.read("watts"), bench.broker.clients], [12.5, 1]);
  });

  test("fails with the broker, which then gets nothing that was meant for it before", async () => {
    const bench = new Bench().plug("plug");
    const server = await serveBroker(bench.broker);
    const device = await bench.open(server.url);
    const ended = endOf(device);
    await server[Symbol.asyncDispose]();
    assert.match((await ended).message, new RegExp(`^${server.url} cannot be used: .*(closed|ECONNRESET)`));
    await assert.rejects(device.write("power", true), { code: "DEVICE_IO" });
    await assert.rejects(device.read("power"), { code: "DEVICE_IO" });
    await device[Symbol.asyncDispose]();
    await using _ = await serveBroker(bench.broker, { port: server.port });
    await using again = await bench.open(server.url);
    assert.equal(await again.read("power"), false);
    assert.deepEqual(bench.broker.heard, []);
  });

  test("waits in open until the broker is there, with its own pauses between the attempts", async () => {
    const bench = new Bench().plug("plug");
    const { port } = await using(await serveBroker(bench.broker));
    const opening = bench.open(`mqtt://127.0.0.1:${port}`);
    await bench.clock.advance(0);
    await using _ = await serveBroker(bench.broker, { port });
    await using device = await bench.clock.runUntil(opening);
    assert.equal(await device.read("power"), false);
  });

  test("is gone when its availability topic says so, and back with it", async () => {
    const bench = new Bench().plug("plug");
    await using server = await serveBroker(bench.broker);
    const device = await bench.open(server.url);
    const ended = endOf(device);
    bench.broker.publish("plug/status", "offline", { retain: true });
    assert.equal((await ended).message, "plug/status says offline");
    await device[Symbol.asyncDispose]();
    const refused = bench.clock.runUntil(bench.open(server.url));
    await assert.rejects(refused, { code: "DEVICE_IO", message: "the device is not there: plug/status says offline" });
    bench.broker.publish("plug/status", "online", { retain: true });
    await using again = await bench.open(server.url);
    assert.equal(await again.read("power"), false);
  });

  test("is gone after the silence that its manifest allows", async () => {
    const bench = new Bench().plug("plug");
    await using server = await serveBroker(bench.broker);
    await using device = await bench.open(server.url, { expireAfterMs: 60_000 });
    assert.equal(await device.read("power"), false);
    const ended = endOf(device);
    await bench.clock.advance(60_000);
    assert.equal((await ended).message, "nothing was heard of the device for 60000 ms");
  });

  test("that does something else than it is told is not believed", async () => {
    const bench = new Bench();
    bench.broker.publish("plug/power", "OFF", { retain: true });
    bench.broker.publish("plug/status", "online", { retain: true });
    await using server = await serveBroker(bench.broker);
    await using device = await bench.open(server.url);
    await device.read("power");
    const written = bench.clock.runUntil(device.write("power", true));
    await assert.rejects(written, { message: "wrote true to plug/set, but plug/power says false after 500 ms" });
    assert.deepEqual(bench.broker.heard, [{ topic: "plug/set", payload: "ON" }]);
  });

  test("that says what is no value loses that property only", async () => {
    const bench = new Bench().plug("plug");
    bench.broker.publish("plug/sensor", '{"ENERGY":{"Power":"much"}}', { retain: true });
    await using server = await serveBroker(bench.broker);
    await using device = await bench.open(server.url);
    assert.equal(await device.read("power"), false);
    await assert.rejects(device.read("watts"), /plug\/sensor says "much" at \$\.ENERGY\.Power: it is no number/);
    const shown = device.watch("watts")?.[Symbol.asyncIterator]();
    const next = shown?.next();
    bench.broker.publish("plug/sensor", "{not JSON"); // another kind of message on the topic: says nothing of it
    bench.broker.publish("plug/sensor", { ENERGY: { Power: "many" } });
    const pushed = (await next)?.value;
    assert.ok(pushed instanceof MapperError, "whoever watches is told, too");
    assert.equal(pushed.code, "DEVICE_IO");
    await shown?.return?.();
    bench.broker.publish("plug/sensor", { ENERGY: { Power: 3 } });
    await bench.clock.runUntil(device.write("power", true)); // the broker passes messages on in order
    assert.equal(await device.read("watts"), 3);
  });
});

test("a broker that does not let us in is told with the credential, which is asked for at every attempt", async () => {
  const password = { now: "wrong" };
  const bench = new Bench(new EmulatedBroker({ accepts: (user, word) => user === "edge" && word === "right" })).plug(
    "plug",
  );
  await using server = await serveBroker(bench.broker);
  const credential = (name: string, address: string) => {
    assert.deepEqual([name, address], ["garden", server.url]);
    return { username: "edge", secret: password.now };
  };
  const environment = { credential };
  const refused = bench.clock.runUntil(bench.open(server.url, { credential: "garden", environment }));
  await assert.rejects(refused, /does not let us in .*look at the credential "garden"/);
  await assert.rejects(bench.clock.runUntil(bench.open(server.url, { credential: "garden" })), {
    code: "CONFIG_INVALID",
  });
  password.now = "right";
  await using device = await bench.open(server.url, { credential: "garden", environment });
  assert.equal(await device.read("power"), false);
});

test("a topic that the broker does not let us read is named", async () => {
  const bench = new Bench().plug("plug");
  bench.broker.faults.forbids = (filter) => filter === "plug/sensor";
  await using server = await serveBroker(bench.broker);
  await assert.rejects(bench.open(server.url), {
    code: "DEVICE_IO",
    message: `${server.url}: subscribing failed: the broker does not let us read plug/sensor`,
  });
});

/** Something that is not needed any more, for the port that it leaves behind. */
async function using<T extends AsyncDisposable>(resource: T): Promise<T> {
  await resource[Symbol.asyncDispose]();
  return resource;
}
