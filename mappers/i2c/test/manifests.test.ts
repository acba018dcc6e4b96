import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { i2c } from "@edgetwin/mapper-i2c";
import { attachChip } from "@edgetwin/mapper-i2c/testing";
import { defineModel, p } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";

interface Manifest {
  readonly spec: {
    readonly protocol: { readonly configData?: unknown };
    readonly properties: readonly {
      readonly name: string;
      readonly type?: string;
      readonly visitors?: { readonly configData: unknown };
    }[];
  };
}

const manifest = async (name: string): Promise<Manifest> =>
  JSON.parse(await readFile(new URL(`../../manifests/${name}.json`, import.meta.url), "utf8"));

test("the example of this package is a device that measures", async () => {
  const [model, device] = await Promise.all(["model", "device"].map(manifest));
  assert.ok(model && device);
  assert.ok(model.spec.properties.every(({ type }) => type === "FLOAT"));
  const properties = Object.fromEntries(model.spec.properties.map(({ name }) => [name, p.float()]));
  const clock = new ManualClock();
  const board = new SimBoard({ clock });
  attachChip(board, "bme280", { clock }).chip.setClimate({ temperature: 24.5, pressure: 1000, humidity: 60 });
  const config = {
    connection: device.spec.protocol.configData,
    visitors: Object.fromEntries(device.spec.properties.map(({ name, visitors }) => [name, visitors?.configData])),
  };
  await using opened = await clock.runUntil(
    i2c.serve(defineModel("climate", properties)).open(config, { board, clock }),
  );
  assert.equal(Number(await clock.runUntil(opened.read("temperature"))).toFixed(1), "24.5");
});
