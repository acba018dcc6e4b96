import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { MapperError } from "./errors.ts";
import { fields } from "./fields.ts";
import type { ReadResult } from "./mapper.ts";
import { defineModel } from "./model.ts";
import { p } from "./property.ts";
import { defineProtocol, type ProtocolDefinition } from "./protocol.ts";
import type { Schema } from "./schema.ts";
import { ManualClock, settle } from "./testing/manual-clock.ts";
import { SimBoard } from "./testing/sim-board.ts";

const model = defineModel("meter", { voltage: p.double(), power: p.double({ max: 100 }), energy: p.double() });

type Parts = Partial<ProtocolDefinition<Schema, unknown, Schema<undefined>>>;

/** An open meter whose driver is made of the given parts, and the names it was asked for, one list per call. */
async function meter(parts: Parts) {
  const calls: string[] = [];
  const read: Parts["read"] = ({ name }) => {
    calls.push(name);
    return name.length;
  };
  const protocol = defineProtocol({ protocol: "fake", visitor: fields({}), open: () => null, read, ...parts });
  const device = await protocol.serve(model).open({}, { board: new SimBoard(), clock: new ManualClock() });
  return { device, calls };
}

const names = ["voltage", "power", "energy"] as const;
const never = () => new Promise<never>(() => {});

/** The results as one compares them: values, and messages of errors. */
const plain = (results: Readonly<Record<string, ReadResult>>) =>
  Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.error?.message ?? result.value]));

describe("reading many from a driver that merges", () => {
  test("asks it once for all, with what says where each lives", async () => {
    const asked: unknown[] = [];
    const { device } = await meter({
      readMany({ wanted, session }) {
        asked.push([session, ...wanted.map(({ name, property, visitor }) => [name, property.type, visitor])]);
        return { voltage: 230, power: 5, energy: 7 };
      },
    });
    assert.deepEqual(plain(await device.readMany(names)), { voltage: 230, power: 5, energy: 7 });
    assert.deepEqual(asked, [[null, ["voltage", "DOUBLE", {}], ["power", "DOUBLE", {}], ["energy", "DOUBLE", {}]]]);
  });

  test("takes an Error for one property, checks values, and reads by itself what was left out", async () => {
    const { device, calls } = await meter({
      readMany: async () => ({ voltage: new RangeError("no such register"), power: 101 }),
    });
    const results = await device.readMany(names);
    assert.deepEqual(plain(results), {
      voltage: "no such register",
      power: "meter.power: expected a number of at most 100, got 101",
      energy: 6,
    });
    assert.equal(results.voltage?.error?.code, "DEVICE_IO");
    assert.deepEqual(calls, ["energy"]);
  });

  test("tells a failure of the whole call for each property, and reads nothing by itself then", async () => {
    const { device, calls } = await meter({
      readMany() {
        throw new Error("the line is dead");
      },
    });
    const dead = "the line is dead";
    assert.deepEqual(plain(await device.readMany(names)), { voltage: dead, power: dead, energy: dead });
    assert.deepEqual(calls, []);
  });

  test("one that stopped for something more urgent is not made to read the rest one by one", async () => {
    let urgent = false;
    const { device, calls } = await meter({
      readMany({ goOn }) {
        urgent = true;
        return goOn() ? {} : { power: 1 };
      },
    });
    assert.deepEqual(plain(await device.readMany(names, { goOn: () => !urgent })), { power: 1 });
    assert.deepEqual(calls, []);
  });

  test("reads a single property as read does", async () => {
    const { device, calls } = await meter({ readMany: () => assert.fail("nothing to merge") });
    assert.deepEqual(plain(await device.readMany(["power"])), { power: 5 });
    assert.deepEqual(calls, ["power"]);
  });
});

describe("reading many from a driver that does not", () => {
  test("reads one after the other; one that fails stops no other", async () => {
    const { device } = await meter({
      async read({ name }) {
        if (name === "power") throw new Error("out of order");
        return 1;
      },
    });
    assert.deepEqual(plain(await device.readMany(names)), { voltage: 1, power: "out of order", energy: 1 });
  });

  test("leaves the rest when goOn says so, but always begins", async () => {
    const { device, calls } = await meter({});
    assert.deepEqual(plain(await device.readMany(names, { goOn: () => false })), { voltage: 7 });
    assert.deepEqual(calls, ["voltage"]);
  });

  test("frees its caller when the signal aborts: what was being read has failed, what was not begun is absent", async () => {
    const caller = new AbortController();
    const { device } = await meter({ read: ({ name }) => (name === "power" ? never() : 1) });
    const given = device.readMany(names, { signal: caller.signal });
    await settle();
    caller.abort(new MapperError("DEVICE_IO", "no answer within 2s"));
    assert.deepEqual(plain(await given), { voltage: 1, power: "power: no answer within 2s" });
  });

  test("names what hangs when several are read in one call", async () => {
    const caller = new AbortController();
    const { device } = await meter({ readMany: () => never() });
    const given = device.readMany(names, { signal: caller.signal });
    await settle();
    caller.abort(new MapperError("DEVICE_IO", "no answer within 2s"));
    const reason = "voltage and 2 more: no answer within 2s";
    assert.deepEqual(plain(await given), { voltage: reason, power: reason, energy: reason });
  });

  test("refuses a caller that has given up, and a name that the model does not have", async () => {
    const { device, calls } = await meter({});
    await assert.rejects(device.readMany(names, { signal: AbortSignal.abort() }), { code: "DEVICE_ABORTED" });
    await assert.rejects(device.readMany(["current" as "power"]), { code: "VALUE_INVALID" });
    assert.deepEqual(calls, []);
  });

  test("a name like those of every object is a name", async () => {
    const odd = defineModel("odd", { ["__proto__"]: p.int(), constructor: p.int() });
    const protocol = defineProtocol({ protocol: "fake", visitor: fields({}), open: () => null, read: () => 1 });
    await using device = await protocol.serve(odd).open({}, { board: new SimBoard(), clock: new ManualClock() });
    const results = await device.readMany(["__proto__", "constructor"]);
    assert.deepEqual(Object.entries(results), [
      ["__proto__", { value: 1 }],
      ["constructor", { value: 1 }],
    ]);
  });
});

test("a thousand passes under one signal leave one listener on it", async () => {
  const caller = new AbortController();
  const { device } = await meter({ read: async () => 1 });
  for (let pass = 0; pass < 1000; pass++) await device.readMany(names, { signal: caller.signal });
  assert.equal(getEventListeners(caller.signal, "abort").length, 1);
});
