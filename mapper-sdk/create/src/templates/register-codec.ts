import type { DesignedProperty } from "../design.ts";
import { sampleValues } from "../sample-values.ts";

/** How a value lies in registers: settings of a codec, for the author to replace by what the data sheet says. */
export interface RegisterCodec {
  /** `type` and what goes with it. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly bytes: number;
}

const bytesOfText = 16;
const bytesOfBytes = 2;

/** The narrowest codec of 16 bits or more that holds every value; booleans have a register of their own. */
export function registerCodec({ kind, property }: DesignedProperty): RegisterCodec {
  switch (kind) {
    case "boolean":
      return { settings: { type: "u16" }, bytes: 2 };
    case "int":
    case "int64":
      return integerCodec(property);
    case "float":
      return { settings: { type: "f32" }, bytes: 4 };
    case "double":
      return { settings: { type: "f64" }, bytes: 8 };
    case "string":
      return { settings: { type: "string", length: bytesOfText }, bytes: bytesOfText };
    case "bytes":
      return { settings: { type: "bytes", length: bytesOfBytes }, bytes: bytesOfBytes };
    case "oneOf": {
      const values = Object.fromEntries((property.options ?? []).map((option, index) => [option, index]));
      return { settings: { type: "u16", values }, bytes: 2 };
    }
  }
}

function integerCodec({ min, max }: DesignedProperty["property"]): RegisterCodec {
  // Without bounds 32 bits are a fair guess; a bound of more says that they are too few.
  const [low, high] = [Number(min ?? -(2 ** 31)), Number(max ?? 2 ** 31 - 1)];
  if (low >= 0 && high < 2 ** 16) return { settings: { type: "u16" }, bytes: 2 };
  if (low >= -(2 ** 15) && high < 2 ** 15) return { settings: { type: "i16" }, bytes: 2 };
  if (low >= -(2 ** 31) && high < 2 ** 31) return { settings: { type: "i32" }, bytes: 4 };
  return { settings: { type: "i64" }, bytes: 8 };
}

/** Two values that property and codec allow, as code. */
export const registerSamples = (designed: DesignedProperty): readonly string[] =>
  designed.kind === "bytes" ? ["Uint8Array.of(1, 2)", "Uint8Array.of(255, 0)"] : sampleValues(designed);

/** Settings as the code of an object: `{ register: 0, type: "f32" }`. */
export function settingsCode(settings: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(settings).map(([name, value]) => {
    const isObject = typeof value === "object" && value !== null;
    return `${keyCode(name)}: ${isObject ? settingsCode(value as Record<string, unknown>) : JSON.stringify(value)}`;
  });
  return `{ ${parts.join(", ")} }`;
}

const keyCode = (name: string): string => {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
};
