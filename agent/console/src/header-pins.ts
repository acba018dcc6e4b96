import type { Line } from "./json.ts";

/** One pin of the 40-pin header. */
export interface HeaderPin {
  readonly pin: number;
  readonly kind: "power" | "ground" | "reserved" | "line";
  /** `3V3`, `5V`, `GPIO26`. */
  readonly name: string;
  readonly line?: Line;
  /** The device and property that hold it, when it is one of ours. */
  readonly user?: { readonly device: string; readonly property: string };
}

/** Pins without a line (Raspberry Pi documentation, "GPIO and the 40-pin header"). */
const fixed: Readonly<Record<number, readonly [HeaderPin["kind"], string]>> = {
  ...Object.fromEntries([1, 17].map((pin) => [pin, ["power", "3V3"]])),
  ...Object.fromEntries([2, 4].map((pin) => [pin, ["power", "5V"]])),
  ...Object.fromEntries([6, 9, 14, 20, 25, 30, 34, 39].map((pin) => [pin, ["ground", "GND"]])),
  ...Object.fromEntries([27, 28].map((pin) => [pin, ["reserved", pin === 27 ? "ID_SD" : "ID_SC"]])),
};

/** The header with the lines of the board on it; empty when the board has no header of 40 pins. */
export function headerPins(lines: readonly Line[]): readonly HeaderPin[] {
  const byPin = new Map(lines.flatMap((line) => (line.pin === undefined ? [] : [[line.pin, line] as const])));
  if (byPin.size === 0) return [];
  return Array.from({ length: 40 }, (_, index): HeaderPin => {
    const pin = index + 1;
    const line = byPin.get(pin);
    if (line) {
      const user = userOf(line.holder);
      return { pin, kind: "line", name: line.name, line, ...(user && { user }) };
    }
    const [kind, name] = fixed[pin] ?? ["reserved", ""];
    return { pin, kind, name };
  });
}

/** A device of ours holds its lines as `namespace/name property`. */
export function userOf(holder: string | undefined): HeaderPin["user"] {
  const [, device, property] = /^([^/\s]+\/\S+) (\S+)$/.exec(holder ?? "") ?? [];
  return device !== undefined && property !== undefined ? { device, property } : undefined;
}
