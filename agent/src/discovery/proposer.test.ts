import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Discovered, defineModel, p } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, type Resource, validateResource } from "@edgetwin/models";
import type { DeviceEntry, ModelEntry } from "../registry/registry.ts";
import { kubernetesName, Proposer } from "./proposer.ts";

const meter = defineModel("Energy Meter", { power: p.double({ unit: "W" }) });

const found = (name: string, connection: object = { unit: 1 }, model = meter): Discovered => ({
  name,
  description: "It answered.",
  confidence: 1,
  connection: { ...connection },
  visitors: { power: { address: 12 } },
  model,
});

function proposer(applied: readonly (Device | DeviceModel)[] = []): Proposer {
  const devices = applied.filter(({ kind }) => kind === "Device") as Device[];
  const models = applied.filter(({ kind }) => kind === "DeviceModel") as DeviceModel[];
  const idOf = ({ metadata }: Device | DeviceModel) => `${metadata.namespace ?? "default"}/${metadata.name}`;
  const registry = {
    devices: () => devices.map((device) => ({ id: idOf(device), device }) as DeviceEntry),
    models: () => models.map((model) => ({ id: idOf(model), model }) as ModelEntry),
  };
  return new Proposer({ registry, protocol: "wire", namespace: "default" });
}

describe("what a finding becomes", () => {
  test("is a model and a device that the device API takes, the model once", () => {
    const proposing = proposer();
    const first = proposing.propose(found("SDM120 at 1"));
    const second = proposing.propose(found("SDM120 at 2", { unit: 2 }));
    for (const manifest of [...first.manifests, ...second.manifests]) validateResource(manifest as unknown as Resource);
    assert.deepEqual(
      first.manifests.map(({ kind, metadata }) => [kind, metadata.name]),
      [
        ["DeviceModel", "energy-meter"],
        ["Device", "sdm120-at-1"],
      ],
    );
    assert.deepEqual(second.manifests[0], {
      apiVersion: "devices.kubeedge.io/v1beta1",
      kind: "Device",
      metadata: { name: "sdm120-at-2", namespace: "default" },
      spec: {
        deviceModelRef: { name: "energy-meter" },
        protocol: { protocolName: "wire", configData: { unit: 2 } },
        properties: [{ name: "power", visitors: { protocolName: "wire", configData: { address: 12 } } }],
      },
    });
  });

  test("has names that nothing else has, and a model of another content gets another name", () => {
    const applied = proposer().propose(found("meter")).manifests;
    const other = defineModel("energy-meter", { power: p.int() });
    const proposing = proposer(applied);
    assert.equal(proposing.propose(found("meter", { unit: 2 })).device, "meter-2");
    const { manifests } = proposing.propose(found("meter", { unit: 3 }, other as never));
    assert.deepEqual(
      manifests.map(({ metadata }) => metadata.name),
      ["energy-meter-2", "meter-3"],
    );
  });

  test("is marked when a device is reached in the same way already", () => {
    const applied = proposer().propose(found("meter")).manifests;
    assert.deepEqual(proposer(applied).propose(found("another name")), {
      known: "default/meter",
      device: "meter",
      manifests: [],
    });
    assert.equal(proposer(applied).propose(found("another", { unit: 2 })).known, undefined);
  });

  test("is marked when the mapper knows the device by its address", () => {
    const proposing = proposer([{ ...proposer().propose(found("meter")).manifests[1] } as Device]);
    assert.deepEqual(proposing.devices(), { "default/meter": { unit: 1 } });
    const known = { ...found("another name", { unit: "1" }), known: "default/meter" };
    assert.deepEqual(proposing.propose(known), { known: "default/meter", device: "meter", manifests: [] });
  });

  test("is nothing to apply without a model", () => {
    const { model: _, ...bare } = found("x");
    assert.deepEqual(proposer().propose(bare), { manifests: [] });
  });

  test("names fit Kubernetes, whatever a device calls itself", () => {
    const cases: readonly [string, string][] = [
      ["Küche Süd #1", "kuche-sud-1"],
      ["--A--", "a"],
      ["日本", ""],
      [`${"x".repeat(62)} y`, "x".repeat(62)],
      ["../../etc/passwd", "etc-passwd"],
    ];
    for (const [title, name] of cases) assert.equal(kubernetesName(title), name);
    const proposing = proposer();
    const long = "n".repeat(80);
    assert.equal(proposing.propose(found(long)).device, "n".repeat(63));
    assert.equal(proposing.propose(found(long, { unit: 2 })).device, `${"n".repeat(61)}-2`);
    assert.equal(proposing.propose(found("日本", { unit: 3 })).device, "energy-meter");
  });
});
