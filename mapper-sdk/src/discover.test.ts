import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Discovered, defineMapper, defineModel, f, fields, MapperError, p } from "./index.ts";
import { ManualClock, SimBoard } from "./testing/index.ts";

const model = defineModel("meter", { power: p.double() });

function meters(find: (unit: number, turn: <T>(action: () => Promise<T>) => Promise<T>) => AsyncIterable<Discovered>) {
  const { discover } = defineMapper({
    protocol: "wire",
    model,
    visitor: fields({}),
    open: () => null,
    properties: { power: { read: () => 1 } },
    discover: {
      description: "Asks every unit.",
      options: fields({ path: f.string(), units: f.withDefault(f.int({ min: 1, max: 9 }), 3) }),
      bus: ({ path }) => path,
      find: ({ options: { units }, turn }) => find(units, turn),
    },
  });
  assert.ok(discover);
  return discover;
}

const environment = () => ({ board: new SimBoard(), clock: new ManualClock(), signal: new AbortController().signal });

const collect = async (found: AsyncIterable<Discovered>) => {
  const all: Discovered[] = [];
  for await (const one of found) all.push(one);
  return all;
};

describe("looking for devices", () => {
  test("is described with its options, as data", () => {
    const { description, options } = meters(async function* () {});
    assert.equal(description, "Asks every unit.");
    assert.deepEqual(options, [
      { name: "path", expected: "text", optional: false },
      { name: "units", expected: "a whole number from 1 to 9", optional: true, default: 3 },
    ]);
  });

  test("takes one turn on the named bus for each probe, and yields what is whole", async () => {
    const turns: string[] = [];
    const discoverer = meters(async function* (units, turn) {
      for (let unit = 1; unit <= units; unit++) {
        const answers = await turn(async () => unit === 2);
        if (answers) yield { name: `meter ${unit}`, description: "It answered.", confidence: 7, model };
      }
    });
    const turn = async <T>(bus: string, action: () => Promise<T>) => {
      turns.push(bus);
      return await action();
    };
    const found = await collect(discoverer.find({ path: "/dev/ttyUSB0", units: "3" }, { ...environment(), turn }));
    assert.deepEqual(turns, ["wire:/dev/ttyUSB0", "wire:/dev/ttyUSB0", "wire:/dev/ttyUSB0"]);
    assert.deepEqual(
      found.map(({ name, confidence }) => [name, confidence]),
      [["meter 2", 1]],
    );
    assert.equal((await collect(discoverer.find({ path: "x" }, environment()))).length, 1);
  });

  test("tells which findings are devices already, however their manifests are written", async () => {
    const { discover } = defineMapper({
      protocol: "wire",
      model,
      visitor: fields({}),
      open: () => null,
      properties: { power: { read: () => 1 } },
      discover: {
        description: "Asks every unit.",
        addressOf(connection) {
          const { unit } = connection as { unit?: unknown };
          if (unit === undefined) throw new MapperError("CONFIG_INVALID", "connection.unit: is missing");
          return `unit ${Number(unit)}`;
        },
        async *find() {
          for (const unit of [1, 2])
            yield { name: `meter ${unit}`, description: "It answered.", confidence: 1, connection: { unit } };
          yield { name: "noise", description: "It answered.", confidence: 0.1 };
        },
      },
    });
    assert.ok(discover);
    const devices = { "default/broken": {}, "default/second": { unit: "0x2", timeoutMs: 100 } };
    const found = await collect(discover.find(undefined, { ...environment(), devices }));
    assert.deepEqual(
      found.map(({ name, known }) => [name, known]),
      [
        ["meter 1", undefined],
        ["meter 2", "default/second"],
        ["noise", undefined],
      ],
    );
  });

  test("refuses options that do not fit before it looks", () => {
    let looked = false;
    const discoverer = meters(async function* () {
      looked = true;
      yield { name: "a", description: "b", confidence: 1 };
    });
    const refused = (options: unknown, message: RegExp) =>
      assert.throws(
        () => discoverer.find(options, environment()),
        (error: unknown) =>
          error instanceof MapperError && error.code === "VALUE_INVALID" && message.test(error.message),
      );
    refused({}, /options\.path: is missing/);
    refused({ path: "x", unit: 3 }, /options\.unit: .*did you mean "units"/);
    assert.equal(looked, false);
  });

  test("fails with our errors, also when the mapper yields nonsense", async () => {
    const failing = meters(async function* () {
      yield { name: "a", description: "b", confidence: 1 };
      throw new Error("the stick was pulled");
    });
    await assert.rejects(collect(failing.find({ path: "x" }, environment())), {
      name: "MapperError",
      code: "DEVICE_IO",
      message: "the stick was pulled",
    });
    const nonsense = meters(async function* () {
      yield { confidence: 1 } as Discovered;
    });
    await assert.rejects(collect(nonsense.find({ path: "x" }, environment())), {
      name: "MapperError",
      code: "DEVICE_IO",
    });
  });
});
