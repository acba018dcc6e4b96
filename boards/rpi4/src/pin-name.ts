import { didYouMean, HalError } from "@edgetwin/mapper-sdk";
import { type HeaderPin, headerPins, powerPins } from "./header.ts";

/** The ways in which people number the header; a bare number is a BCM number. */
const numberings = [
  { pattern: /^(?:(?:gpio|bcm)[\s_:-]*)?(\d+)$/, key: "bcm", name: "GPIO" },
  { pattern: /^(?:physical|phys|board|header|pin|j8)[\s_:-]*(\d+)$/, key: "physical", name: "header pin" },
  { pattern: /^(?:wiringpi|wpi)[\s_:-]*(\d+)$/, key: "wiringPi", name: "wiringPi" },
] as const;

type Numbering = (typeof numberings)[number];

const byLabel = new Map(headerPins.flatMap((pin) => pin.labels.map((label) => [label.toLowerCase(), pin] as const)));

const powerNames: ReadonlyMap<string, "3.3 V" | "5 V" | "ground"> = new Map([
  ...["gnd", "ground", "0v"].map((name) => [name, "ground"] as const),
  ...["3v3", "3.3v", "3.3 v"].map((name) => [name, "3.3 V"] as const),
  ...["5v", "5v0", "5 v"].map((name) => [name, "5 V"] as const),
]);

/**
 * The canonical name, e.g. `"GPIO26"`, of a pin of the 40-pin header as people write it: `"GPIO26"`, `"BCM26"`, `26`
 * (a bare number is a BCM number), `"pin 37"`, `"physical 37"`, `"wiringPi 25"`, `"wpi 25"`, or a label such as `"SDA1"`.
 * Case and the space before the number do not matter.
 *
 * @throws HalError `"unknown"` saying what the pin is when it carries power, and otherwise what was probably meant.
 */
export function pinName(pin: string | number): string {
  return `GPIO${headerPin(pin).bcm}`;
}

/** The pin itself; resolves and throws like {@link pinName}. */
export function headerPin(pin: string | number): HeaderPin {
  const text = String(pin).trim().toLowerCase();
  for (const numbering of numberings) {
    const match = numbering.pattern.exec(text);
    if (match) return numbered(numbering, { number: Number(match[1]), given: pin });
  }
  const labelled = byLabel.get(text);
  if (labelled) return labelled;
  const power = powerNames.get(text);
  if (power) throw unknown(pin, `${describePower(power)}; choose one of GPIO0 to GPIO27`);
  throw unknown(
    pin,
    `write GPIO0 to GPIO27, "pin 3" to "pin 40", "wiringPi 0" to "wiringPi 31" or a label${hint(pin)}`,
  );
}

function numbered({ key, name }: Numbering, { number, given }: { number: number; given: string | number }): HeaderPin {
  const found = headerPins.find((pin) => pin[key] === number);
  if (found) return found;
  const power = key === "physical" ? powerPins.get(number) : undefined;
  if (power) throw unknown(given, `${describePower(power)}${neighbour(number)}`);
  throw unknown(given, `there is no ${name} ${number}${otherNumbering(number)}`);
}

function describePower(power: "3.3 V" | "5 V" | "ground"): string {
  const pins = [...powerPins].filter(([, carries]) => carries === power).map(([physical]) => physical);
  return `it is ${power === "ground" ? "a ground pin" : `a ${power} power pin`} (header pins ${pins.join(", ")})`;
}

/** The line pin next to a power pin: people who count from the wrong end are off by one. */
function neighbour(physical: number): string {
  const near = headerPins.find((pin) => Math.abs(pin.physical - physical) === 2);
  return near ? `; the line beside it is GPIO${near.bcm} on pin ${near.physical}` : "";
}

/** A number that is none in this numbering may be one in another. */
function otherNumbering(number: number): string {
  const readings = numberings
    .filter(({ key }) => key !== "bcm")
    .flatMap(({ key }) => {
      const pin = headerPins.find((candidate) => candidate[key] === number);
      return pin ? [`"${key === "physical" ? "pin" : "wiringPi"} ${number}" is GPIO${pin.bcm}`] : [];
    });
  return readings.length > 0 ? `; ${readings.join(", ")}` : "; the header has GPIO0 to GPIO27";
}

function hint(pin: string | number): string {
  const names = headerPins.flatMap(({ bcm, labels }) => [`GPIO${bcm}`, ...labels]);
  return didYouMean(String(pin).trim(), names);
}

const unknown = (pin: string | number, why: string) =>
  new HalError("unknown", `${JSON.stringify(pin)} is no line of the 40-pin header: ${why}`);
