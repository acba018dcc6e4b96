import assert from "node:assert/strict";
import { checkDevice, formatIssue, parseManifests, toV1beta1, validateResource } from "@edgetwin/models";
import { parse, parseAllDocuments } from "yaml";
import { parseConfig } from "../../../src/config/config.ts";

/** What reads a block of YAML, by the word behind `yaml`. Each rejects when it cannot be read without a complaint. */
export const yamlReaders: Readonly<Record<string, (text: string) => unknown>> = {
  /** Models and devices that can be applied. */
  manifest: async (text) => {
    const { resources, warnings } = await parseManifests(text);
    assert.deepEqual(warnings, []);
    const all = resources.map((resource) => toV1beta1(resource));
    for (const device of all) {
      if (device.kind !== "Device") continue;
      const model = all.find(
        ({ kind, metadata }) => kind === "DeviceModel" && metadata.name === device.spec.deviceModelRef?.name,
      );
      if (model?.kind === "DeviceModel") assert.deepEqual(checkDevice(device, model).map(formatIssue), []);
    }
    assert.ok(resources.length > 0);
  },
  /** Settings of the agent. */
  config: (text) => {
    const paths = { stateDirectory: "/state", socket: "/state/edgetwin.sock" };
    parseConfig(parse(text), { where: "the block", directory: "/etc/edgetwin", paths: paths as never });
  },
  /** A part of a Device: its `metadata`, or what stands below its `spec`. */
  device: async (text) => {
    const { metadata, ...spec } = parse(text) as { metadata?: object };
    const device = {
      apiVersion: "devices.kubeedge.io/v1beta1",
      kind: "Device",
      metadata: { name: "part", ...metadata },
      spec: { deviceModelRef: { name: "part" }, ...spec },
    };
    const { warnings } = await parseManifests(JSON.stringify(device));
    assert.deepEqual(warnings, []);
    validateResource(device);
  },
  /** Rules and RuleEndpoints that can be applied, as far as can be said without each other. */
  rules: (text) => {
    for (const { contents } of parseAllDocuments(text) as { contents: { toJSON(): unknown } }[]) {
      const { apiVersion, kind, metadata, spec } = contents.toJSON() as Record<string, Record<string, unknown>>;
      assert.deepEqual([apiVersion, typeof metadata?.name], ["rules.kubeedge.io/v1", "string"]);
      const wanted: Readonly<Record<string, readonly string[]>> = {
        Rule: ["source", "sourceResource", "target", "targetResource"],
        RuleEndpoint: ["properties", "ruleEndpointType"],
      };
      assert.deepEqual(Object.keys(spec ?? {}).sort(), wanted[String(kind)]);
    }
  },
  /** The configuration of Prometheus, which is not ours. */
  prometheus: (text) => parse(text),
};
