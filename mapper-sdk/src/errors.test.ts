import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { type ErrorCode, errorCodes, MapperError } from "./errors.ts";
import { f, fields } from "./fields.ts";
import { defineMapper } from "./mapper.ts";
import { defineModel } from "./model.ts";
import { p } from "./property.ts";
import { defineSink } from "./sinks/define-sink.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { SimBoard } from "./testing/sim-board.ts";

const lamp = defineMapper({
  protocol: "gpio",
  model: defineModel("lamp", { power: p.boolean({ access: "rw" }) }),
  visitor: fields({ line: f.int() }),
  open: async ({ board, visitors: { power }, scope }) => scope.use(await board.gpio.output(power.line)),
  properties: { power: { read: ({ session }) => session.get(), write: ({ session }, on) => session.set(on) } },
});
const config = { visitors: { power: { line: 17 } } };
const world = () => ({ board: new SimBoard(), clock: new ManualClock() });

/** A sink whose far end fails with `error`. */
async function openSink(error: Error): Promise<void> {
  const sink = defineSink({
    name: "broken",
    config: fields({}),
    target: () => ({}),
    address: () => "nowhere",
    open: () => ({ send: () => Promise.reject(error) }),
  });
  await using session = await sink.open({}, { clock: new ManualClock() });
  await session.send([]);
}

/** One way to meet each code through the public surface. */
const provoke: Record<ErrorCode, () => Promise<unknown>> = {
  CONFIG_INVALID: () => lamp.open({ visitors: { power: { line: 40 } } }, world()),
  async VALUE_INVALID() {
    await using device = await lamp.open(config, world());
    await device.write("power", "on" as never);
  },
  async DEVICE_IO() {
    const environment = world();
    environment.board.faults.failAt(1);
    await lamp.open(config, environment);
  },
  async DEVICE_BUSY() {
    const environment = world();
    await environment.board.gpio.output(17);
    await lamp.open(config, environment);
  },
  async DEVICE_ABORTED() {
    await using device = await lamp.open(config, world());
    await device.read("power", { signal: AbortSignal.abort() });
  },
  SINK_UNAVAILABLE: () => openSink(new Error("nobody listens")),
  SINK_REFUSED: () => openSink(new MapperError("SINK_REFUSED", "the column is too small")),
};

for (const [code, provoked] of Object.entries(provoke)) {
  test(`${code} is what a caller meets, and says by its code whether to try again`, async () => {
    await assert.rejects(provoked(), (error) => {
      assert.ok(error instanceof MapperError);
      assert.equal(error.code, code);
      assert.equal(error.retryable, errorCodes[code as ErrorCode].retryable);
      assert.notEqual(error.message, "");
      return true;
    });
  });
}

describe("docs/reference/errors.md", () => {
  const page = readFile(new URL("../../../docs/reference/errors.md", import.meta.url), "utf8");

  test("explains every code of the SDK, in the order of the table, and no other", async () => {
    const section = (await page).split(/^## /m).find((text) => text.startsWith("Mapper SDK\n"));
    const entries = (section ?? "").split(/^### /m).slice(1);
    const documented = entries.map((entry) => {
      const [, code, retryable] = /^`(\w+)`\n\nRetryable: (yes|no)\. /.exec(entry) ?? [];
      return [code, { retryable: retryable === "yes" }];
    });
    assert.deepEqual(documented, Object.entries(errorCodes));
  });
});
