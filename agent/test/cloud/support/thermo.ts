import type { RunningAgent } from "../../../src/agent.ts";

/** A model as the API server has it. */
export const thermoModel = (version = 1) => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { name: "thermo", namespace: "default", uid: "model-uid", resourceVersion: String(version) },
  spec: {
    properties: [
      { name: "temperature", type: "INT", accessMode: "ReadOnly" },
      { name: "target", type: "INT", accessMode: "ReadWrite", minimum: "0", maximum: "90" },
    ],
  },
});

/** A device of it: nobody serves it, so that tests say what it reports. */
export const thermo = (
  version: number,
  {
    target,
    node = "rec-1",
    uid = "uid-1",
    name = "thermo-1",
  }: { target?: string; node?: string; uid?: string; name?: string } = {},
) => ({
  metadata: { name, namespace: "default", uid, resourceVersion: String(version) },
  spec: {
    deviceModelRef: { name: "thermo" },
    nodeName: node,
    protocol: { protocolName: "nobody" },
    properties: [
      { name: "temperature", visitors: { protocolName: "nobody" }, desired: { value: "" }, reportToCloud: true },
      { name: "target", visitors: { protocolName: "nobody" }, desired: { value: target ?? "" } },
    ],
  },
  status: {},
});

/** The device says that it is so warm. */
export async function warm({ core }: RunningAgent, degrees: number, device = "default/thermo-1"): Promise<void> {
  const origin = { door: "mqtt", actor: "test" } as const;
  const reported = { temperature: { raw: { value: BigInt(degrees) } } };
  await core.engine.submit(device, { kind: "change", at: core.clock.now(), origin, reported });
}

/** What is desired of a property. */
export const desiredOf = ({ core }: RunningAgent, property = "target", device = "default/thermo-1") =>
  core.engine.device(device)?.twins.get(property)?.desired?.value;
