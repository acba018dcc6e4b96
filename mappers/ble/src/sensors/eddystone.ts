import { decimal, refusal, type SensorDecoder, type SensorValue, valuesOf } from "./sensor-format.ts";

const uuid = "feaa";
const telemetryFrame = 0x20;
const plainBytes = 14;
/** Temperature of a beacon that has no sensor. */
const noTemperature = -0x8000;

/** Telemetry frames of Eddystone beacons (github.com/google/eddystone, eddystone-tlm). */
export const eddystoneTlm: SensorDecoder = {
  format: "eddystone-tlm",
  description: "telemetry of Eddystone beacons",
  facts: {
    voltage: { type: "number", unit: "V" },
    temperature: { type: "number", unit: "°C" },
    advertisements: { type: "number" },
    uptime: { type: "number", unit: "s" },
  },
  decode({ serviceData }) {
    const found = serviceData.get(uuid);
    if (!found || found[0] !== telemetryFrame || found.length < 2) return undefined;
    const data = Buffer.from(found);
    const version = data.readUInt8(1);
    if (version !== 0)
      return refusal(`its telemetry is of version ${version}, which is encrypted with the key of its owner`);
    if (data.length < plainBytes) return refusal("its telemetry is cut off");
    const values: Record<string, SensorValue> = {};
    const millivolts = data.readUInt16BE(2);
    if (millivolts !== 0) values.voltage = decimal(millivolts, 3); // 0: powered from elsewhere
    const temperature = data.readInt16BE(4);
    if (temperature !== noTemperature) values.temperature = Number((temperature / 256).toFixed(2));
    values.advertisements = data.readUInt32BE(6);
    values.uptime = decimal(data.readUInt32BE(10), 1);
    return valuesOf(values);
  },
};
