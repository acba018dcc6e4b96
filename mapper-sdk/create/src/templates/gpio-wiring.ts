import type { Design, DesignedProperty } from "../design.ts";
import { CreateError } from "../errors.ts";

/** What a property is on the header: an output, a dimmed output, or an input. */
export interface Wire {
  readonly designed: DesignedProperty;
  readonly pin: string;
  readonly direction: "in" | "out" | "pwm";
  /** The two words of a STRING, for inactive and active. */
  readonly words: readonly [string, string] | undefined;
}

/** Lines that a Raspberry Pi leaves free unless somebody switches on I2C, SPI or a UART. */
const plainPins = [17, 27, 22, 23, 24, 25, 5, 6, 16, 26, 20, 21, 4].map((line) => `GPIO${line}`);
/** Lines with hardware PWM. */
const pwmPins = [18, 19, 12, 13].map((line) => `GPIO${line}`);

/**
 * Gives each property a line of the header.
 *
 * @throws CreateError `PROTOCOL_INVALID` naming the property that no line can be, and what to do.
 */
export function wiresOf({ properties }: Design): readonly Wire[] {
  const free = { plain: [...plainPins], pwm: [...pwmPins] };
  return properties.map((designed) => {
    const direction = directionOf(designed);
    const pin = direction === "pwm" ? free.pwm.shift() : (free.plain.shift() ?? free.pwm.pop());
    if (pin === undefined) throw refused(designed, "finds no free line any more; leave some properties out");
    return { designed, direction, pin, words: wordsOf(designed) };
  });
}

const refused = ({ name }: DesignedProperty, why: string) =>
  new CreateError("PROTOCOL_INVALID", `gpio: ${name} ${why}, or choose --protocol custom`);

function directionOf(designed: DesignedProperty): Wire["direction"] {
  const { kind, writable, property } = designed;
  switch (kind) {
    case "float":
    case "double":
      if (writable) return "pwm";
      throw refused(designed, "is a number that is only read, but a line shows on or off; make it boolean");
    case "int64":
    case "bytes":
      throw refused(designed, `is ${property.type}, which no line can show; make it boolean, int or OFF/ON`);
    case "int":
      return writable && Number(property.max ?? 1) > 1 ? "pwm" : writable ? "out" : "in";
    default:
      return writable ? "out" : "in";
  }
}

function wordsOf(designed: DesignedProperty): Wire["words"] {
  const { kind, property } = designed;
  if (kind === "string") return ["OFF", "ON"];
  if (kind !== "oneOf") return undefined;
  const [off, on, ...more] = property.options ?? [];
  if (off === undefined || on === undefined || more.length > 0) {
    throw refused(designed, "must have two values, for off and on");
  }
  return [off, on];
}
