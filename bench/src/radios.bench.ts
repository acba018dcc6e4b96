import { measureBacnet } from "./radios/bacnet.ts";
import { measureBle } from "./radios/ble.ts";
import type { MeasureRadio } from "./radios/part.ts";
import { measureZigbee } from "./radios/zigbee.ts";

/** Each measures its mapper in a process of its own, with its emulator here. */
const parts: Readonly<Record<string, MeasureRadio>> = { ble: measureBle, bacnet: measureBacnet, zigbee: measureZigbee };

const [secondsText = "40", only] = process.argv.slice(2);
const metrics: Record<string, number> = {};
for (const [name, measure] of Object.entries(parts)) {
  if (only !== undefined && only !== name) continue;
  for (const [metric, value] of Object.entries(await measure(Number(secondsText)))) {
    metrics[metric] = value;
    console.log(`${metric.padEnd(34)} ${value}`);
  }
}
console.log(JSON.stringify({ name: "radios", metrics }));
