import { MapperError } from "@edgetwin/mapper-sdk";

/** Chromaticities are fractions of this (Zigbee Cluster Library 5.2.2.2.1.4). */
const whole = 65_536;
/** The largest that the cluster takes. */
const most = 0xfeff;

/** CIE 1931 x and y of what lies in the attributes, as `"0.3127,0.3290"`. */
export const colorText = (x: number, y: number): string => `${(x / whole).toFixed(4)},${(y / whole).toFixed(4)}`;

/** What lies in the attributes for a colour in its canonical form. */
export function colorRaw(text: string): { readonly x: number; readonly y: number } {
  const [x = 0, y = 0] = text.split(",").map((part) => Math.min(most, Math.round(Number(part) * whole)));
  return { x, y };
}

/** A colour as `"x,y"`, or as people write it, `"#ff8800"`, in the form in which it is read back. */
export function canonicalColor(text: string): string {
  const rgb = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  if (rgb) return fromRgb(rgb.slice(1).map((part) => Number.parseInt(part, 16) / 255));
  const xy = /^\s*(0?\.\d+|0)\s*,\s*(0?\.\d+|0)\s*$/.exec(text);
  const { x, y } = xy ? colorRaw(`${xy[1]},${xy[2]}`) : { x: 0, y: 0 };
  if (!xy || y === 0) {
    throw new MapperError(
      "VALUE_INVALID",
      `expected a colour like "0.3127,0.3290" or "#ff8800", got ${JSON.stringify(text)}`,
    );
  }
  return colorText(x, y);
}

/** sRGB to CIE 1931 under D65 (IEC 61966-2-1). Black has no colour; it gives white. */
function fromRgb(parts: readonly number[]): string {
  const [r = 0, g = 0, b = 0] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const x = 0.4124 * r + 0.3576 * g + 0.1805 * b;
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const z = 0.0193 * r + 0.1192 * g + 0.9505 * b;
  const sum = x + y + z;
  if (sum === 0) return colorText(0.3127 * whole, 0.329 * whole);
  return colorText(Math.round((x / sum) * whole), Math.round((y / sum) * whole));
}
