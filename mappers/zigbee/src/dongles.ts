import type { Discovered, SerialPortInfo } from "@edgetwin/mapper-sdk";
import { coordinatorModel } from "./coordinator/model.ts";

/** USB dongles by their ids, and by what stands in their stable name where the ids are those of any serial adapter. */
const dongles = [
  { ids: "10c4:ea60", name: /sonoff.*zigbee.*3\.0.*plus.*v2|dongle-e/i, adapter: "ember", called: "Sonoff Dongle-E" },
  { ids: "10c4:ea60", name: /sonoff.*zigbee|dongle-p/i, adapter: "zstack", called: "Sonoff Dongle-P" },
  { ids: "1a86:55d4", name: /sonoff.*zigbee|itead/i, adapter: "ember", called: "Sonoff Dongle-E" },
  { ids: "0451:16a8", name: /.*/, adapter: "zstack", called: "Texas Instruments CC2531" },
  { ids: "0451:bef3", name: /.*/, adapter: "zstack", called: "Texas Instruments LaunchPad" },
  { ids: "1cf1:0030", name: /.*/, adapter: "deconz", called: "ConBee II" },
  { ids: "10c4:ea60", name: /slae\.sh|cc2652/i, adapter: "zstack", called: "slaesh CC2652RB" },
  { ids: "10c4:ea60", name: /skyconnect|smlight.*slzb-07/i, adapter: "ember", called: "SkyConnect" },
] as const;

/** The proposal for a serial port that a dongle is plugged into, by its stable name; undefined for other ports. */
export function dongleOf({
  path,
  stablePath,
  vendorId,
  productId,
  manufacturer,
  serialNumber,
}: SerialPortInfo): Discovered | undefined {
  const ids = `${vendorId}:${productId}`.toLowerCase();
  const text = `${stablePath ?? ""} ${manufacturer ?? ""}`;
  const found = dongles.find((dongle) => dongle.ids === ids && dongle.name.test(text));
  if (!found) return undefined;
  return {
    name: `${found.called} at ${stablePath ?? path}`,
    description: `A serial port that looks like a ${found.called}; check its firmware if it does not start.`,
    confidence: 0.7,
    model: coordinatorModel,
    connection: { path: stablePath ?? path, adapter: found.adapter },
    visitors: {},
    facts: { ...(manufacturer && { manufacturer }), ...(serialNumber && { serialNumber }) },
  };
}
