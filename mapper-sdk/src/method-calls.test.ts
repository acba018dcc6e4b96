import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MapperError } from "./errors.ts";
import { f, fields } from "./fields.ts";
import { defineMapper } from "./mapper.ts";
import { defineModel } from "./model.ts";
import { p } from "./property.ts";
import { defineProtocol } from "./protocol.ts";
import { ManualClock, SimBoard } from "./testing/index.ts";

const meter = defineModel("meter", { energy: p.double() });

function mapperOf(run: (register: number, signal: AbortSignal) => unknown) {
  return defineMapper({
    protocol: "fake",
    model: meter,
    visitor: fields({}),
    open: () => ({ total: 7 }),
    properties: { energy: { read: ({ session }) => session.total } },
    methods: (method) => ({
      reset: method({
        description: "Starts a register over.",
        input: fields({ register: f.int({ min: 1, max: 4 }), hard: f.withDefault(f.boolean(), false) }),
        run: ({ signal }, { register }) => run(register, signal) as undefined,
      }),
      ping: method({ description: "Answers.", output: fields({ total: f.number() }), run: ({ session }) => session }),
    }),
  });
}

const environment = () => ({ board: new SimBoard(), clock: new ManualClock() });

const invalid = (pattern: RegExp) => (error: unknown) =>
  error instanceof MapperError && error.code === "VALUE_INVALID" && pattern.test(error.message);

describe("methods of a device", () => {
  test("are described before the device is opened, as data that can be sent", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(mapperOf(() => {}).methods)), [
      {
        name: "reset",
        description: "Starts a register over.",
        input: [
          { name: "register", expected: "a whole number from 1 to 4", optional: false },
          { name: "hard", expected: "true or false", optional: true, default: false },
        ],
      },
      { name: "ping", description: "Answers.", input: [] },
    ]);
  });

  test("get input that their schema accepted, with its defaults, also when it came as text", async () => {
    const registers: number[] = [];
    await using device = await mapperOf((register) => registers.push(register)).open({}, environment());
    assert.equal(await device.call("reset", { register: "3" as unknown as number }), undefined);
    assert.deepEqual(registers, [3]);
    assert.deepEqual(await device.call("ping"), { total: 7 });
  });

  test("refuse what does not fit, naming method, field and the nearest name, and run nothing", async () => {
    let ran = false;
    await using device = await mapperOf(() => {
      ran = true;
    }).open({}, environment());
    const call = device.call as (name: string, input?: unknown) => Promise<unknown>;
    await assert.rejects(call("reset", { register: 9 }), invalid(/meter\.reset\.register: expected .* 1 to 4, got 9/));
    await assert.rejects(call("reset", { regster: 1 }), invalid(/meter\.reset\.regster: .*did you mean "register"/));
    await assert.rejects(call("reset"), invalid(/meter\.reset\.register: is missing/));
    await assert.rejects(call("rest", {}), invalid(/no method rest; did you mean "reset"/));
    await assert.rejects(call("toString"), invalid(/no method toString; it has: reset, ping/));
    await assert.rejects(call("ping", { register: 1 }), invalid(/meter\.ping takes no input, got \{"register":1\}/));
    assert.equal(ran, false);
  });

  test("free their caller at once when it gives up, whatever they do, and fail with our errors", async () => {
    const hanging = mapperOf(() => new Promise(() => {}));
    await using device = await hanging.open({}, environment());
    const caller = new AbortController();
    const called = device.call("reset", { register: 1 }, { signal: caller.signal });
    caller.abort();
    await assert.rejects(called, { code: "DEVICE_ABORTED" });
    await using broken = await mapperOf(() => {
      throw new Error("no carrier");
    }).open({}, environment());
    await assert.rejects(broken.call("reset", { register: 1 }), { code: "DEVICE_IO", message: "no carrier" });
  });

  test("of a protocol belong to every device it serves, bound or not", async () => {
    const bus = defineProtocol({
      protocol: "bus",
      visitor: fields({ at: f.int() }),
      open: () => new Map([[1, 5]]),
      read: ({ session, visitor }) => session.get(visitor.at),
      methods: (method) => ({
        zero: method({
          description: "Zeroes every register of the device.",
          run: ({ session, visitors }) => {
            for (const { at } of Object.values(visitors)) session.set(at, 0);
          },
        }),
      }),
    });
    const bound = bus.bind(meter, { energy: { at: 1 } });
    assert.deepEqual(bound.methods, bus.serve(meter).methods);
    await using device = await bound.open({ visitors: { energy: { at: 1 } } }, environment());
    await device.call("zero");
    assert.equal(await device.read("energy"), 0);
  });

  test("that are none are none", async () => {
    const mapper = defineMapper({
      protocol: "fake",
      model: meter,
      visitor: fields({}),
      open: () => 0,
      properties: { energy: { read: () => 1 } },
    });
    assert.equal(mapper.methods, undefined);
    await using device = await mapper.open({}, environment());
    assert.deepEqual(device.methods, []);
    await assert.rejects((device.call as (name: string) => Promise<unknown>)("reset"), invalid(/it has none/));
  });
});
