import { MapperError, type Property, type PropertyType } from "@edgetwin/mapper-sdk";
import type { Visitor } from "./visitor.ts";

/** What a line does for its property. */
export type Direction = "in" | "out" | "pwm" | "servo";

interface Rule {
  readonly types: readonly PropertyType[];
  readonly access: "r" | "rw";
  /** Settings that mean something here, besides those that all directions know. */
  readonly settings: readonly (keyof Visitor)[];
  /** What to do about a property of another type. */
  readonly instead: string;
}

const always: readonly (keyof Visitor)[] = ["pin", "numbering", "direction", "activeLow"];

const rules: Readonly<Record<Direction, Rule>> = {
  in: {
    types: ["BOOLEAN", "STRING", "INT"],
    access: "r",
    settings: ["pull", "edge", "debounceMs", "on", "off"],
    instead: "a level is BOOLEAN, STRING (two words) or INT (0 and 1)",
  },
  out: {
    types: ["BOOLEAN", "STRING", "INT"],
    access: "rw",
    settings: ["drive", "initial", "on", "off"],
    instead: 'a level is BOOLEAN, STRING (two words) or INT (0 and 1); for percent set direction: "pwm"',
  },
  pwm: {
    types: ["INT", "FLOAT", "DOUBLE"],
    access: "rw",
    settings: ["initial", "frequencyHz"],
    instead: "percent are INT, FLOAT or DOUBLE",
  },
  servo: {
    types: ["INT", "FLOAT", "DOUBLE"],
    access: "rw",
    settings: ["initial", "frequencyHz", "minPulseUs", "maxPulseUs", "rangeDegrees"],
    instead: "degrees are INT, FLOAT or DOUBLE",
  },
};

/** The visitor's direction, or what access and type of the property suggest: read-only is an input, a fraction is PWM. */
export function directionOf({ access, type }: Property, visitor: Visitor, name: string): Direction {
  const fraction = type === "FLOAT" || type === "DOUBLE" || visitor.frequencyHz !== undefined;
  const direction = visitor.direction ?? (access === "r" ? "in" : fraction ? "pwm" : "out");
  const rule = rules[direction];
  if (!rule.types.includes(type)) {
    throw invalid(name, "direction", `a line with direction "${direction}" cannot show ${type}; ${rule.instead}`);
  }
  if (rule.access === access) return direction;
  throw invalid(
    name,
    "direction",
    access === "rw"
      ? 'an input cannot be written; make the property ReadOnly in the model, or set direction: "out"'
      : 'nobody could switch the output of a ReadOnly property; make it ReadWrite in the model, or set direction: "in"',
  );
}

interface Use {
  readonly direction: Direction;
  readonly property: Property;
  readonly name: string;
}

/** @throws MapperError `CONFIG_INVALID` for a setting that would do nothing: whoever wrote it expects something of it. */
export function checkSettings(visitor: Visitor, { direction, property, name }: Use): void {
  const { settings } = rules[direction];
  for (const setting of Object.keys(visitor) as (keyof Visitor)[]) {
    if (always.includes(setting) || visitor[setting] === undefined) continue;
    if (!settings.includes(setting)) {
      const fits = (Object.keys(rules) as Direction[]).filter((other) => rules[other].settings.includes(setting));
      const where = fits.map((other) => `"${other}"`).join(" or ");
      throw invalid(name, setting, `goes with direction ${where}, and this one is "${direction}"; leave it out`);
    }
    if ((setting === "on" || setting === "off") && property.type !== "STRING") {
      throw invalid(name, setting, `words go with STRING, and the property is ${property.type}; leave it out`);
    }
  }
}

const invalid = (name: string, setting: string, why: string) =>
  new MapperError("CONFIG_INVALID", `visitors.${name}.${setting}: ${why}`);
