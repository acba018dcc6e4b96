import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { MapperError } from "./errors.ts";
import { fields } from "./fields.ts";
import { HalError } from "./hal.ts";
import type { Log } from "./log.ts";
import { type CallContext, defineMapper, type Environment, type OpenContext } from "./mapper.ts";
import { defineModel } from "./model.ts";
import { p } from "./property.ts";
import { ManualClock, settle } from "./testing/manual-clock.ts";
import { SimBoard } from "./testing/sim-board.ts";

const model = defineModel("lamp", {
  power: p.boolean({ access: "rw" }),
  level: p.int({ min: 0, max: 100, access: "rw" }),
  button: p.boolean(),
});
const visitor = fields({});
type Visitors = Record<"power" | "level" | "button", Record<string, never>>;
type Context = CallContext<unknown, unknown>;

/** Parts of a lamp that a test brings; the rest does nothing much. */
interface Parts {
  readonly open?: (context: OpenContext<undefined, Visitors>) => unknown;
  readonly read?: (context: Context) => boolean | Promise<boolean>;
  readonly write?: (context: Context, value: number) => void | Promise<void>;
  readonly watch?: (context: Context) => AsyncIterable<boolean>;
}

const lamp = ({ open = () => null, read = () => true, write = () => {}, watch }: Parts = {}) =>
  defineMapper({
    protocol: "fake",
    model,
    visitor,
    open: (context) => open(context as never),
    properties: {
      power: { read, write: () => {} },
      level: { read: () => 50, write },
      button: { read, ...(watch && { watch }) },
    },
  });

/** A log that keeps its warnings. */
function recorded() {
  const warnings: string[] = [];
  const log: Log = { debug() {}, info() {}, warn: (event) => warnings.push(event), error() {} };
  return { warnings, log };
}

const world = (more: Partial<Environment> = {}): Environment => ({
  board: new SimBoard(),
  clock: new ManualClock(),
  ...more,
});

describe("opening", () => {
  test("gives the driver everything it needs, with sensible values for what was left out", async () => {
    const contexts: OpenContext<undefined, Visitors>[] = [];
    const environment = world();
    await using _ = await lamp({ open: (context) => contexts.push(context) }).open({}, environment);
    const [seen] = contexts;
    assert.ok(seen);
    assert.equal(seen.board, environment.board);
    assert.equal(seen.clock, environment.clock);
    assert.equal(seen.name, "");
    assert.deepEqual(seen.initial, {});
    assert.deepEqual(seen.visitors, { power: {}, level: {}, button: {} });
    assert.equal(seen.connection, undefined);
    assert.equal(seen.signal.aborted, false);
    seen.log.warn("dropped");
  });

  test("passes on initial values that fit, and drops the others with a warning", async () => {
    const { warnings, log } = recorded();
    const initials: unknown[] = [];
    const open = ({ initial }: { initial: unknown }) => initials.push(initial);
    await using _ = await lamp({ open }).open({}, world({ log, initial: { power: true, level: 101n, gone: "x" } }));
    assert.deepEqual(initials, [{ power: true }]);
    assert.deepEqual(warnings, ["device.initial-value-dropped", "device.initial-value-dropped"]);
  });

  test("tells the failure of open, not that of the release after it, which is logged", async () => {
    const { warnings, log } = recorded();
    const open = ({ scope }: OpenContext<undefined, Visitors>) => {
      scope.defer(() => Promise.reject(new Error("cannot release")));
      throw new HalError("busy", "GPIO17 is held by gpio-fan");
    };
    await assert.rejects(lamp({ open }).open({}, world({ log })), (error) => {
      assert.ok(error instanceof MapperError);
      assert.equal(error.code, "DEVICE_BUSY");
      assert.equal(error.message, "GPIO17 is held by gpio-fan");
      return true;
    });
    assert.deepEqual(warnings, ["device.release-failed"]);
  });

  test("frees its caller at once when the agent stops, and releases what arrives later", async () => {
    const { warnings, log } = recorded();
    const stopping = new AbortController();
    let arrive = (_: AsyncDisposable) => {};
    let released = 0;
    const open = async ({ scope }: OpenContext<undefined, Visitors>) =>
      scope.use(
        await new Promise<AsyncDisposable>((resolve) => {
          arrive = resolve;
        }),
      );
    const opening = lamp({ open }).open({}, world({ log, signal: stopping.signal }));
    await settle();
    stopping.abort();
    await assert.rejects(opening, { code: "DEVICE_ABORTED" });
    arrive({
      async [Symbol.asyncDispose]() {
        released++;
        throw new Error("cannot release");
      },
    });
    await settle();
    assert.equal(released, 1);
    assert.deepEqual(warnings, ["device.release-failed"]);
  });

  test("leaves no listener on the agent's signal, whether it succeeds or fails", async () => {
    const agent = new AbortController();
    const failing = lamp({ open: () => Promise.reject(new Error("no")) });
    await assert.rejects(failing.open({}, world({ signal: agent.signal })), { code: "DEVICE_IO" });
    const device = await lamp().open({}, world({ signal: agent.signal }));
    await device[Symbol.asyncDispose]();
    assert.equal(getEventListeners(agent.signal, "abort").length, 0);
  });

  test("the scope stays open while the device is, for what a handler acquires on first use", async () => {
    const log: string[] = [];
    const mapper = lamp({
      open: ({ scope }) => scope,
      read({ session }) {
        (session as { defer(action: () => void): void }).defer(() => log.push("released"));
        return true;
      },
    });
    const device = await mapper.open({}, world());
    await device.read("power");
    assert.deepEqual(log, []);
    await device[Symbol.asyncDispose]();
    assert.deepEqual(log, ["released"]);
  });
});

describe("reading and writing", () => {
  test("names the property when a mapper reports nonsense", async () => {
    await using device = await lamp({ read: () => "on" as never }).open({}, world());
    await assert.rejects(device.read("power"), {
      code: "VALUE_INVALID",
      message: 'lamp.power: expected true or false, got "on"',
    });
  });

  test("hands the handler the accepted value and refuses others before it is called", async () => {
    const written: number[] = [];
    await using device = await lamp({ write: (_, value) => void written.push(value) }).open({}, world());
    await device.write("level", 40);
    await device.write("level", 41n as never);
    await assert.rejects(device.write("level", 101), {
      code: "VALUE_INVALID",
      message: "lamp.level: expected a number from 0 to 100, got 101",
    });
    await assert.rejects(device.write("button" as never, true as never), {
      code: "VALUE_INVALID",
      message: "lamp.button is read-only",
    });
    await assert.rejects(device.read("levle" as never), { message: /no property levle; did you mean "level"\?/ });
    assert.deepEqual(written, [40, 41]);
  });

  test("a handler's signal aborts with its caller, and with nobody else's", async () => {
    const signals: AbortSignal[] = [];
    const read = ({ signal }: Context) => {
      signals.push(signal);
      return new Promise<boolean>(() => {});
    };
    await using device = await lamp({ read }).open({}, world());
    const caller = new AbortController();
    const mine = device.read("power", { signal: caller.signal });
    const other = device.read("power");
    other.catch(() => {}); // ends when the device closes
    await settle();
    caller.abort();
    await assert.rejects(mine, { code: "DEVICE_ABORTED" });
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
  });
});

describe("closing", () => {
  test("aborts what is in flight before it releases what that works with", async () => {
    const order: string[] = [];
    const mapper = lamp({
      open: ({ scope }) => scope.defer(() => order.push("released")),
      read: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            order.push("aborted");
            reject(new Error("stopped"));
          });
        }),
    });
    const device = await mapper.open({}, world());
    const reading = device.read("power");
    await settle();
    await device[Symbol.asyncDispose]();
    await assert.rejects(reading, { code: "DEVICE_ABORTED", message: "lamp is closed" });
    assert.deepEqual(order, ["aborted", "released"]);
  });

  test("a release that fails leaves as our error, once, and is no reason to try again", async () => {
    const mapper = lamp({ open: ({ scope }) => scope.defer(() => Promise.reject(new Error("stuck"))) });
    const device = await mapper.open({}, world());
    await assert.rejects(async () => await device[Symbol.asyncDispose](), { code: "DEVICE_IO", message: "stuck" });
    await device[Symbol.asyncDispose]();
  });
});

describe("watching", () => {
  test("a property without a watch handler has to be polled", async () => {
    await using device = await lamp().open({}, world());
    assert.equal(device.watch("button"), undefined);
    assert.throws(() => device.watch("buton" as never), { code: "VALUE_INVALID" });
  });

  test("a watch handler that throws at once leaves as our error", async () => {
    const watch = () => {
      throw new HalError("unsupported", "GPIO17 has no edges");
    };
    await using device = await lamp({ watch }).open({}, world());
    assert.throws(() => device.watch("button"), { code: "CONFIG_INVALID", message: "GPIO17 has no edges" });
  });

  test("pushed values are checked like read ones, and end when the device closes", async () => {
    async function* watch({ signal }: Context): AsyncIterable<boolean> {
      yield true;
      yield await new Promise<boolean>((resolve) => signal.addEventListener("abort", () => resolve(false)));
    }
    const device = await lamp({ watch }).open({}, world());
    const values = device.watch("button")?.[Symbol.asyncIterator]();
    assert.deepEqual(await values?.next(), { done: false, value: true });
    const next = values?.next();
    await device[Symbol.asyncDispose]();
    assert.deepEqual(await next, { done: true, value: undefined });

    async function* nonsense(): AsyncIterable<boolean> {
      yield 1 as never;
    }
    await using odd = await lamp({ watch: nonsense }).open({}, world());
    await assert.rejects(async () => await odd.watch("button")?.[Symbol.asyncIterator]().next(), {
      code: "VALUE_INVALID",
      message: "lamp.button: expected true or false, got 1",
    });
  });
});
