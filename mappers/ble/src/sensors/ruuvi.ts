import { decimal, refusal, type SensorDecoder, type SensorValue, valuesOf } from "./sensor-format.ts";

const company = 0x0499;
const rawV2 = 5;
const rawV2Bytes = 24;

/** RuuviTag, data format 5 (docs.ruuvi.com, "Data format 5 (RAWv2)"). Each value has a mark for "not available". */
export const ruuvi: SensorDecoder = {
  format: "ruuvi",
  description: "RuuviTag, data format 5",
  facts: {
    temperature: { type: "number", unit: "°C" },
    humidity: { type: "number", unit: "%" },
    pressure: { type: "number", unit: "hPa" },
    accelerationX: { type: "number", unit: "g" },
    accelerationY: { type: "number", unit: "g" },
    accelerationZ: { type: "number", unit: "g" },
    voltage: { type: "number", unit: "V" },
    txPower: { type: "number", unit: "dBm" },
    movements: { type: "number" },
    sequence: { type: "number" },
  },
  decode({ manufacturerData }) {
    const found = manufacturerData.get(company);
    if (!found || found.length === 0) return undefined;
    const data = Buffer.from(found);
    if (data.readUInt8(0) !== rawV2) return refusal(`it sends data format ${data[0]} of Ruuvi; only 5 is known`);
    if (data.length < rawV2Bytes) return refusal("its data is cut off");
    const values: Record<string, SensorValue> = {};
    const add = (name: string, value: number, isKnown: boolean) => {
      if (isKnown) values[name] = value;
    };
    const temperature = data.readInt16BE(1);
    add("temperature", Number((temperature * 0.005).toFixed(3)), temperature !== -0x8000);
    const humidity = data.readUInt16BE(3);
    add("humidity", Number((humidity * 0.0025).toFixed(4)), humidity !== 0xffff);
    const pressure = data.readUInt16BE(5);
    add("pressure", decimal(pressure + 50_000, 2), pressure !== 0xffff);
    for (const [index, axis] of ["X", "Y", "Z"].entries()) {
      const milli = data.readInt16BE(7 + 2 * index);
      add(`acceleration${axis}`, decimal(milli, 3), milli !== -0x8000);
    }
    const power = data.readUInt16BE(13);
    add("voltage", decimal((power >> 5) + 1600, 3), power >> 5 !== 0x7ff);
    add("txPower", (power & 0x1f) * 2 - 40, (power & 0x1f) !== 0x1f);
    add("movements", data.readUInt8(15), data[15] !== 0xff);
    const sequence = data.readUInt16BE(16);
    add("sequence", sequence, sequence !== 0xffff);
    return valuesOf(values);
  },
};
