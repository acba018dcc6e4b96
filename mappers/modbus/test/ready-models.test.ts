import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { completeConfig, type Mapper, type Model } from "@edgetwin/mapper-sdk";
import { testMapperContract } from "@edgetwin/mapper-sdk/testing";
import { type DeviceModel, manifestOf, modelOf, parseManifests, withModelDefaults } from "@edgetwin/models";
import * as exported from "../src/index.ts";
import { ModbusUnit, methodCases } from "../src/testing/index.ts";
import { RtuBench } from "./rtu-bench.ts";

const ready = Object.values(exported).filter((one) => one.kind === "mapper") as unknown as readonly Mapper[];

/** The model's manifest with where everything is, so that a Device needs to say only how it is reached. */
function manifestWithVisitors(mapper: Mapper): DeviceModel {
  const { connection, visitors = {} } = mapper.defaults?.({}) ?? {};
  const manifest = manifestOf(mapper.model, { protocol: "modbus" });
  return {
    ...manifest,
    spec: {
      ...manifest.spec,
      ...(connection !== undefined && { protocolConfigData: connection as Readonly<Record<string, unknown>> }),
      properties: (manifest.spec.properties ?? []).map((property) => ({
        ...property,
        visitors: { protocolName: "modbus", configData: visitors[property.name] as Readonly<Record<string, unknown>> },
      })),
    },
  };
}

const floats = (...values: readonly number[]): number[] => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeFloatBE(value, index * 4);
  return Array.from({ length: values.length * 2 }, (_, index) => bytes.readUInt16BE(index * 2));
};

describe("models of the library", () => {
  for (const mapper of ready) {
    test(`${mapper.model.name} says the same in YAML as in code, and a Device needs only its connection`, async () => {
      const url = new URL(`../../../../models/library/${mapper.model.name}.yaml`, import.meta.url);
      const { resources } = await parseManifests(await readFile(url, "utf8"), { file: url.pathname });
      const [manifest] = resources as readonly DeviceModel[];
      assert.ok(manifest);
      assert.deepEqual(manifest, JSON.parse(JSON.stringify(manifestWithVisitors(mapper))));
      const { model } = modelOf(manifest);
      const device = withModelDefaults(
        {
          apiVersion: "devices.kubeedge.io/v1beta1",
          kind: "Device",
          metadata: { name: "one" },
          spec: {
            protocol: { protocolName: "modbus", configData: { path: "/dev/ttyAMA0" } },
            properties: Object.keys(model.properties).map((name) => ({ name })),
          },
        },
        manifest,
      );
      const visitors = Object.fromEntries(
        (device.spec.properties ?? []).map(({ name, visitors }) => [name, visitors?.configData]),
      );
      exported.modbus.serve(model).modelFor({ connection: device.spec.protocol?.configData, visitors });
    });
  }
});

test("an energy meter is read with few requests, none of more than it answers", async () => {
  const unit = new ModbusUnit({ maxRegisters: 80 });
  unit.input.set(0, ...Array.from({ length: 0x160 }, () => 0)).set(0x0000, ...floats(230.5, 229.5, 231));
  unit.input.set(0x0034, ...floats(-1234.5)).set(0x0048, ...floats(4711.25));
  const bench = new RtuBench({ 1: unit });
  const { board, clock, path } = bench;
  const config = completeConfig(exported.sdm630, { config: { connection: { path } } });
  await using meter = await bench.run(exported.sdm630.open(config, { board, clock }));
  unit.requests = 0;
  const results = await bench.run(
    meter.readMany(["voltage-l1", "voltage-l3", "power", "energy-imported", "energy-total"]),
  );
  assert.deepEqual(
    Object.values(results).map((result) => result?.value),
    [230.5, 231, -1234.5, 4711.25, 0],
  );
  const names = Object.keys(meter.model.properties) as (keyof typeof meter.model.properties)[];
  unit.requests = 0;
  await bench.run(meter.readMany(names));
  assert.ok(unit.requests <= 6, `${unit.requests} requests`);
});

function unitOf({ defaults }: Mapper): ModbusUnit {
  const unit = new ModbusUnit({ identification: ["Edgetwin"] });
  unit.holding.set(0, 0, 0).set(10, 0, 0);
  const visitors = (defaults?.({}).visitors ?? {}) as Readonly<
    Record<string, { table: "coil" | "input" | "holding"; address: number }>
  >;
  for (const { table, address } of Object.values(visitors))
    unit[table].set(address, ...(table === "coil" ? [0] : [0, 0]));
  return unit;
}

const contractOf = <M extends Model>(mapper: Mapper<M>) => ({
  board: (clock: RtuBench["clock"]) => new RtuBench({ 1: unitOf(mapper as unknown as Mapper) }, { clock }).board,
  config: { connection: { path: "/dev/ttyAMA0" } },
  badConfigs: [{}, { connection: { path: "/dev/ttyAMA0", unit: 300 } }],
  cleanup: /^\/dev\/ttyAMA0 drain/,
  methods: methodCases(10),
});

testMapperContract(exported.temperatureHumidity, {
  ...contractOf(exported.temperatureHumidity),
  writes: { "temperature-correction": [-10, 0.5], "humidity-correction": [1.5, 10] },
});

const states = [true, false] as const;
testMapperContract(exported.relayBoard8, {
  ...contractOf(exported.relayBoard8),
  writes: {
    relay1: states,
    relay2: states,
    relay3: states,
    relay4: states,
    relay5: states,
    relay6: states,
    relay7: states,
    relay8: states,
  },
});
