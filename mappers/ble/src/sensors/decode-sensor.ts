import type { Advertisement } from "../hci/advertisement.ts";
import { atc, pvvx } from "./atc.ts";
import { bthome } from "./bthome.ts";
import { eddystoneTlm } from "./eddystone.ts";
import { ruuvi } from "./ruuvi.ts";
import type { SensorDecoder, SensorFormat, SensorOutcome, SensorSecrets, SensorValueFacts } from "./sensor-format.ts";
import { xiaomi } from "./xiaomi.ts";

/** The decoder of each format. */
export const decoders: Readonly<Record<SensorFormat, SensorDecoder>> = {
  bthome,
  xiaomi,
  atc,
  pvvx,
  "eddystone-tlm": eddystoneTlm,
  ruuvi,
};

/** How a sensor is read: one format, or whichever it speaks. */
export type ReadAs = SensorFormat | "auto";

/** What a sensor said, in a format that it speaks. */
export type Decoded = SensorOutcome & { readonly format: SensorFormat };

/** What `heard` says in the format, with `auto` in the first that knows it; values win over a refusal. */
export function decodeSensor(heard: Advertisement, format: ReadAs, secrets: SensorSecrets): Decoded | undefined {
  const asked = format === "auto" ? Object.values(decoders) : [decoders[format]];
  let refused: Decoded | undefined;
  for (const decoder of asked) {
    const outcome = decoder.decode(heard, secrets);
    if (outcome?.kind === "values") return { ...outcome, format: decoder.format };
    if (outcome) refused ??= { ...outcome, format: decoder.format };
  }
  return refused;
}

/** What sensors of a format may say, by name; every sensor has the strength of its signal besides. */
export function factsOf(format: ReadAs): Readonly<Record<string, SensorValueFacts>> {
  const asked = format === "auto" ? Object.values(decoders) : [decoders[format]];
  return Object.assign({ rssi: rssiFacts }, ...asked.map(({ facts }) => facts));
}

/** Strength of the signal at the adapter. */
export const rssiFacts: SensorValueFacts = { type: "number", unit: "dBm" };
