import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { describe, test } from "node:test";
import {
  completeConfig,
  defineMapper,
  defineModel,
  defineProtocol,
  f,
  fields,
  type Mapper,
  MapperError,
  type Protocol,
  p,
} from "@edgetwin/mapper-sdk";
import { attachHost, implement, listen, v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { type deskLamp, deskLampFixture, deskLampMapper } from "./fixtures/desk-lamp.ts";
import { served } from "./support/served.ts";

const here = () => ({ board: new SimBoard(), clock: new ManualClock() });

/** Registers in memory. */
const registers = defineProtocol({
  protocol: "registers",
  connection: fields({ path: f.string() }),
  visitor: fields({ address: f.int({ min: 0 }), words: f.withDefault(f.string(), "") }),
  bus: ({ path }) => path,
  narrow: (property, { words }) => (words === "" ? property : p.oneOf(words.split(" "), { access: "rw" })),
  open: () => new Map<number, unknown>(),
  read: ({ session, visitor: { address } }) => session.get(address),
  write({ session, visitor: { address } }, value) {
    session.set(address, value);
  },
});

const everyType = defineModel("every-type", {
  flag: p.boolean({ access: "rw" }),
  small: p.int({ access: "rw", min: -5, max: 5 }),
  wide: p.int64({ access: "rw", min: 1n, unit: "pulses", description: "since it was built" }),
  single: p.float({ access: "rw" }),
  real: p.double({ access: "rw" }),
  word: p.string({ access: "rw" }),
  raw: p.bytes({ access: "rw" }),
});
const everyConfig = {
  connection: { path: "/dev/x" },
  visitors: Object.fromEntries(Object.keys(everyType.properties).map((name, address) => [name, { address }])),
};

test("a protocol of another process serves any model; every type comes back as it went", async () => {
  await using rig = await served([registers]);
  const [remote] = rig.host.parts as [Protocol];
  const mapper = remote.serve(everyType);
  await using device = await mapper.open(everyConfig, here());
  assert.equal(device.bus, "registers:/dev/x");
  const values = {
    flag: true,
    small: -5,
    wide: 2n ** 63n - 1n,
    single: Math.fround(0.1),
    real: -0,
    word: "grüß\u0000",
    raw: new Uint8Array([0, 255]),
  };
  for (const [name, value] of Object.entries(values)) await device.write(name as "flag", value as boolean);
  const many = await device.readMany(Object.keys(values) as "flag"[]);
  assert.deepEqual(Object.fromEntries(Object.entries(many).map(([name, { value }]) => [name, value])), values);
  assert.equal(await device.read("wide"), values.wide);
  await assert.rejects(device.write("small", 6), {
    code: "VALUE_INVALID",
    message: /every-type\.small: .* from -5 to 5/,
  });
});

test("narrowing happens where the mapper is, and its answer is a model with all its facts", async () => {
  await using rig = await served([registers]);
  const [remote] = rig.host.parts as [Protocol];
  const mapper = remote.serve(everyType);
  const { word, wide } = (
    await mapper.modelFor({
      ...everyConfig,
      visitors: { ...everyConfig.visitors, word: { address: 5, words: "OFF ON" } },
    })
  ).properties;
  assert.equal(word.accept("on"), "ON");
  assert.deepEqual([wide.unit, wide.description, wide.min, wide.access], ["pulses", "since it was built", 1n, "rw"]);
  await assert.rejects(async () => await mapper.modelFor({ visitors: { wodr: {} } }), {
    code: "CONFIG_INVALID",
    message: /visitors\.wodr: .*did you mean.*word/,
  });
});

test("safety envelope, options and constants of a model cross", async () => {
  const guarded = defineModel(
    "guarded",
    { red: p.oneOf(["OFF", "ON"], { access: "rw" }), green: p.oneOf(["OFF", "ON"], { access: "rw" }) },
    { interlocks: [{ never: { red: "ON", green: "ON" }, because: "both" }], failSafe: { red: "ON" } },
  );
  const dark = { read: () => "OFF" as const, write() {} };
  const lights = defineMapper({
    protocol: "lights",
    model: guarded,
    visitor: fields({}),
    open: () => new Map<string, "OFF" | "ON">(),
    properties: { red: dark, green: dark },
  });
  await using rig = await served([lights]);
  const [remote] = rig.host.parts as [Mapper];
  assert.deepEqual(remote.model.safety, guarded.safety);
  assert.deepEqual(remote.model.properties.red?.options, ["OFF", "ON"]);
  assert.equal(remote.protocol, "lights");
});

test("settings that a mapper takes from the constants of a model are made where the mapper is", async () => {
  const meter = defineModel("meter", { power: p.double() });
  const seen: number[] = [];
  const based = defineMapper({
    protocol: "meter",
    model: meter,
    connection: fields({ unit: f.int() }),
    visitor: fields({ address: f.int() }),
    defaults: ({ base }) => ({ connection: { unit: 7 }, visitors: { power: { address: Number(base) + 1 } } }),
    open({ connection: { unit }, visitors: { power } }) {
      seen.push(unit, power.address);
      return {};
    },
    properties: { power: { read: () => 1 } },
  });
  await using rig = await served([based]);
  const [remote] = rig.host.parts as [Mapper];
  const config = completeConfig(remote, { config: { visitors: {} }, constants: { base: 100n } });
  await using _ = await remote.open(config, here());
  assert.deepEqual(seen, [7, 101]);
});

test("an error that is pushed in place of a value arrives as one, and others follow", async () => {
  const sensor = defineMapper({
    protocol: "sensor",
    model: defineModel("sensor", { level: p.float() }),
    visitor: fields({}),
    open: () => ({}),
    properties: {
      level: {
        read: () => 1,
        async *watch() {
          yield new MapperError("DEVICE_BUSY", "it is being calibrated");
          yield 2;
        },
      },
    },
  });
  await using rig = await served([sensor]);
  const [remote] = rig.host.parts as [Mapper];
  await using device = await remote.open({ visitors: { level: {} } }, here());
  const pushed = device.watch("level")?.[Symbol.asyncIterator]();
  const first = (await pushed?.next())?.value;
  assert.ok(first instanceof MapperError);
  assert.deepEqual([first.code, first.message], ["DEVICE_BUSY", "it is being calibrated"]);
  assert.equal((await pushed?.next())?.value, 2);
});

describe("the end of the process", () => {
  test("rejects everything in flight, ends watches, and says so to whoever comes later", async () => {
    await using rig = await served([deskLampMapper()]);
    const [remote] = rig.host.parts as [Mapper<typeof deskLamp>];
    const far = new SimBoard();
    rig.far.board = far;
    const device = await remote.open(deskLampFixture.config, here());
    const watched = device.watch("button")?.[Symbol.asyncIterator]();
    const next = watched?.next();
    await rig.settle();
    far.faults.stall();
    const ended = { code: "DEVICE_IO", message: "the mapper process lamps has ended" };
    const reading = assert.rejects(device.read("power"), ended);
    await rig.settle();
    const stopped = rig.stop("kill");
    await reading;
    assert.equal(await rig.host.closed, ended.message);
    assert.deepEqual(await next, { done: true, value: undefined });
    await assert.rejects(device.write("power", true), ended);
    await assert.rejects(async () => await remote.modelFor(deskLampFixture.config), ended);
    await assert.rejects(remote.open(deskLampFixture.config, here()), ended);
    await device[Symbol.asyncDispose]();
    far.faults.resume();
    await stopped;
  });

  test("closes the devices of a connection that is lost", async () => {
    await using rig = await served([deskLampMapper()]);
    const far = new SimBoard();
    rig.far.board = far;
    const second = await attachHost(rig.socket);
    assert.ok(second);
    const [remote] = second.parts as [Mapper<typeof deskLamp>];
    await remote.open(deskLampFixture.config, here());
    assert.notEqual(far.held().length, 0);
    second[Symbol.dispose]();
    assert.match(await second.closed, /has detached/);
    for (let round = 0; round < 100 && far.held().length > 0; round++) await rig.settle();
    assert.deepEqual(far.held(), []);
  });

  test("is told by its name when it stops properly", async () => {
    await using rig = await served([deskLampMapper()]);
    await rig.stop("stop");
    assert.match(await rig.host.closed, /^the mapper process lamps has (stopped|ended)$/);
  });
});

test("a mapper of KubeEdge is none of ours, and a socket without a process is an error", async () => {
  await using rig = await served([deskLampMapper()]);
  const socket = `${rig.socket}.go`;
  const listening = await listen(socket, [implement(v1beta1.deviceMapper, { removeDevice: () => ({}) })]);
  assert.equal(await attachHost(socket), undefined);
  await listening[Symbol.asyncDispose]();
  await rm(socket, { force: true });
  await assert.rejects(attachHost(socket), { code: "DEVICE_IO", message: /^nobody listens at/ });
});

test("a search in another process finds what is there, and takes its turns on the buses here", async () => {
  const scanning = defineProtocol({
    protocol: "registers",
    visitor: fields({ address: f.int() }),
    open: () => new Map(),
    read: () => 0,
    discover: {
      description: "Asks every address.",
      options: fields({ path: f.string() }),
      bus: ({ path }) => path,
      addressOf: (connection) => `at ${(connection as { address: number }).address}`,
      async *find({ turn, options: { path } }) {
        for (const address of [1, 2]) {
          const answer = await turn(async () => await Promise.resolve(address * 10));
          const connection = { path, address };
          const facts = { answer };
          yield {
            name: `unit ${address}`,
            description: "Answers.",
            confidence: 1,
            connection,
            facts,
            model: everyType,
          };
        }
      },
    },
  });
  await using rig = await served([scanning]);
  const [remote] = rig.host.parts;
  assert.equal(remote?.discover?.description, "Asks every address.");
  assert.deepEqual(
    remote.discover.options?.map(({ name }) => name),
    ["path"],
  );
  const turns: string[] = [];
  const turn = async <T>(bus: string, action: () => Promise<T>) => {
    turns.push(bus);
    return await action();
  };
  const { signal } = new AbortController();
  const found = [];
  const devices = { "default/second": { address: 2, speed: "slow" }, "default/other": { address: 3 } };
  const environment = { ...here(), signal, turn, devices };
  for await (const one of remote.discover.find({ path: "/dev/x" }, environment)) found.push(one);
  assert.deepEqual(turns, ["registers:/dev/x", "registers:/dev/x"]);
  assert.deepEqual(
    found.map(({ name, connection, facts }) => ({ name, connection, facts })),
    [1, 2].map((at) => ({
      name: `unit ${at}`,
      connection: { path: "/dev/x", address: at },
      facts: { answer: at * 10 },
    })),
  );
  assert.deepEqual(
    found.map(({ known }) => known),
    [undefined, "default/second"],
  );
  assert.equal(found[0]?.model?.properties.wide?.min, 1n);
  const wrong = remote.discover.find({ pth: "/dev/x" }, { ...here(), signal })[Symbol.asyncIterator]();
  await assert.rejects(wrong.next(), { code: "VALUE_INVALID", message: /options\.pth: .*did you mean "?path/ });
});
