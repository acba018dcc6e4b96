import { f, fields } from "@edgetwin/mapper-sdk";

/** How bare pin numbers are counted: as the SoC does, by position on the header, or as wiringPi did. */
export type Numbering = "bcm" | "physical" | "wiringpi";

const numberings: Readonly<Record<string, Numbering>> = {
  bcm: "bcm",
  gpio: "bcm",
  physical: "physical",
  board: "physical",
  wiringpi: "wiringpi",
  wpi: "wiringpi",
};

const numbering = f.optional(
  f.custom<Numbering>('"bcm", "physical" or "wiringpi"', (raw) =>
    typeof raw === "string" && Object.hasOwn(numberings, raw.toLowerCase()) ? numberings[raw.toLowerCase()] : undefined,
  ),
);

/** `spec.protocol.configData` of a Device: what all its properties share. */
export const connection = fields({ numbering });

const pin = f.custom<string | number>(
  'a pin: "GPIO26", 26, "pin 37", "wiringPi 25" or a label such as "SDA1"',
  (raw) =>
    (typeof raw === "string" && raw.trim() !== "") || (Number.isInteger(raw) && Number(raw) >= 0)
      ? (raw as string | number)
      : undefined,
);

const initial = f.custom<string | number | boolean>("a value of the property", (raw) =>
  typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean" ? raw : undefined,
);

/**
 * `spec.properties[].visitors.configData` of a Device: one line and how it is wired. The README explains every field; which
 * of them go together depends on the property and is checked by `wiringOf`.
 */
export const visitor = fields({
  pin,
  numbering,
  direction: f.optional(f.oneOf(["in", "out", "pwm", "servo"])),
  activeLow: f.optional(f.boolean()),
  /** Text of a STRING property for inactive and active. */
  off: f.optional(f.string()),
  on: f.optional(f.string()),
  initial: f.optional(initial),
  pull: f.optional(f.oneOf(["up", "down", "none"])),
  edge: f.optional(f.oneOf(["rising", "falling", "both"])),
  debounceMs: f.optional(f.number({ min: 0, max: 60_000 })),
  drive: f.optional(f.oneOf(["push-pull", "open-drain", "open-source"])),
  frequencyHz: f.optional(f.number({ min: 0.1, max: 50_000_000 })),
  /** Width of a servo's pulse at 0 and at `rangeDegrees`. */
  minPulseUs: f.optional(f.number({ min: 100, max: 5_000 })),
  maxPulseUs: f.optional(f.number({ min: 100, max: 5_000 })),
  rangeDegrees: f.optional(f.number({ min: 1, max: 3_600 })),
});

type Parsed<S> = S extends { "~standard": { readonly types?: infer T } } ? NonNullable<T> : never;

/** A checked visitor. */
export type Visitor = Extract<Parsed<typeof visitor>, { readonly output: unknown }>["output"];

/** Checked connection settings. */
export type Connection = Extract<Parsed<typeof connection>, { readonly output: unknown }>["output"];

/** The pin as a board understands it: a bare number is put into the words of its numbering. */
export function pinOf({ pin, numbering }: Visitor, shared: Connection): string | number {
  if (!/^\s*\d+\s*$/.test(String(pin))) return pin;
  const number = Number(pin);
  switch (numbering ?? shared.numbering ?? "bcm") {
    case "physical":
      return `pin ${number}`;
    case "wiringpi":
      return `wiringPi ${number}`;
    case "bcm":
      return number;
  }
}

/**
 * One spelling for the ways to write a pin, as far as that can be known without the board: `17` and `"gpio 17"` are
 * `GPIO17`. That a position on the header is the same line, only the board knows.
 */
export function lineOf(pin: string | number): string {
  const text = String(pin).trim().toLowerCase();
  const bcm = /^(?:(?:gpio|bcm)[\s_:-]*)?0*(\d+)$/.exec(text);
  return bcm ? `GPIO${bcm[1]}` : text.replaceAll(/[\s_:-]+/g, " ");
}
