import assert from "node:assert/strict";
import { test } from "node:test";
import { completeConfig } from "./complete-config.ts";
import { f, fields } from "./fields.ts";
import { defineModel, type Model, type Property } from "./model.ts";
import { p } from "./property.ts";
import { defineProtocol, type ProtocolDefinition } from "./protocol.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { SimBoard } from "./testing/sim-board.ts";

const visitor = fields({ address: f.int({ min: 0 }), scale: f.withDefault(f.number(), 1) });
const connection = fields({ path: f.string() });
type Definition = ProtocolDefinition<typeof visitor, Map<number, unknown>, typeof connection>;

/** Registers in memory: the address says where, the property says what. */
const registers: Definition = {
  protocol: "registers",
  connection,
  visitor,
  bus: ({ path }) => path,
  open: () => new Map(),
  read: ({ session, visitor: { address, scale }, property }) =>
    property.type === "STRING" ? String(session.get(address) ?? "") : Number(session.get(address) ?? 0) * scale,
  write({ session, visitor: { address, scale }, property }, value) {
    session.set(address, property.type === "STRING" ? value : Number(value) / scale);
  },
};
const world = () => ({ board: new SimBoard(), clock: new ManualClock() });
const meter = defineModel("meter", { voltage: p.double({ access: "rw" }), label: p.string({ access: "rw" }) });
const at = (path: string) => ({ connection: { path } });

test("serves a model known only at run time, by the visitor of each property", async () => {
  const runtime: Model = meter;
  const mapper = defineProtocol(registers).serve(runtime);
  const visitors = { voltage: { address: 1, scale: 0.1 }, label: { address: 2 } };
  await using device = await mapper.open({ ...at("/dev/x"), visitors }, world());
  await device.write("voltage", 230);
  await device.write("label", "kitchen");
  assert.equal(await device.read("voltage"), 230);
  assert.equal(await device.read("label"), "kitchen");
  assert.equal(device.bus, "registers:/dev/x");
});

test("binds the visitors of a known model; a manifest overrides single settings", async () => {
  const mapper = defineProtocol(registers).bind(meter, {
    voltage: { address: 1, scale: 1 },
    label: { address: 2, scale: 1 },
  });
  const config = completeConfig(mapper, { config: { ...at("/dev/x"), visitors: { voltage: { address: 7 } } } });
  assert.deepEqual(config.visitors, { voltage: { address: 7, scale: 1 }, label: { address: 2, scale: 1 } });
  await using device = await mapper.open(config, world());
  await device.write("voltage", 12.5);
  assert.equal(await device.read("voltage"), 12.5);
});

test("computes the visitors from the constants of the manifest's model", () => {
  const mapper = defineProtocol(registers).bind(meter, ({ base }) => ({
    voltage: { address: Number(base), scale: 1 },
    label: { address: Number(base) + 2, scale: 1 },
  }));
  assert.deepEqual(mapper.defaults?.({ base: 100n }).visitors?.label, { address: 102, scale: 1 });
});

test("tells handlers which property they serve, as the visitor narrowed it", async () => {
  const seen: string[] = [];
  const mapper = defineProtocol({
    ...registers,
    narrow: (property) => (property.type === "STRING" ? p.oneOf(["OFF", "ON"], { access: "rw" }) : property),
    write({ name, property }, value) {
      seen.push(`${name} ${property.options?.join("/")} ${value}`);
    },
  }).serve(meter);
  const visitors = { voltage: { address: 1 }, label: { address: 2 } };
  await using device = await mapper.open({ ...at("/dev/x"), visitors }, world());
  await device.write("label", "on");
  assert.deepEqual(seen, ["label OFF/ON ON"]);
  await assert.rejects(device.write("label", "kitchen"), { code: "VALUE_INVALID" });
  assert.deepEqual(device.model.properties.label.options, ["OFF", "ON"]);
});

test("reads a constant without asking the device, and refuses to write or watch it", async () => {
  const pin: Property<string, "r"> = { ...p.string(), constant: "26" };
  const mapper = defineProtocol({
    ...registers,
    read: () => assert.fail("asked the device"),
    watch: () => assert.fail("watched the device"),
  }).serve(defineModel("switch", { pin }));
  await using device = await mapper.open(at("/dev/x"), world());
  assert.equal(await device.read("pin"), "26");
  assert.equal(device.watch("pin"), undefined);
  await assert.rejects(device.write("pin" as never, "27" as never), { code: "VALUE_INVALID", message: /read-only/ });
});

test("a protocol that only reads refuses a model with writable properties and says which", () => {
  const { write: _, ...readOnly } = registers;
  assert.throws(() => defineProtocol(readOnly).serve(meter), {
    code: "CONFIG_INVALID",
    message: "registers can only read; declare meter.voltage, meter.label read-only in the model",
  });
});
