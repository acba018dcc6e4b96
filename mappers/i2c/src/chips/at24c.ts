import { f, fields } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";
import { type RegisterMap, registerDriver } from "../registers/register-driver.ts";

/** Bytes, bytes of a page, bytes of an address and bits of it that are in the chip's own address (data sheets AT24C01 to AT24C512). */
const sizes = {
  "24c01": { pageBytes: 8, bytes: 1, bankBits: 0 },
  "24c02": { pageBytes: 8, bytes: 1, bankBits: 0 },
  "24c04": { pageBytes: 16, bytes: 1, bankBits: 1 },
  "24c08": { pageBytes: 16, bytes: 1, bankBits: 2 },
  "24c16": { pageBytes: 16, bytes: 1, bankBits: 3 },
  "24c32": { pageBytes: 32, bytes: 2, bankBits: 0 },
  "24c64": { pageBytes: 32, bytes: 2, bankBits: 0 },
  "24c128": { pageBytes: 64, bytes: 2, bankBits: 0 },
  "24c256": { pageBytes: 64, bytes: 2, bankBits: 0 },
  "24c512": { pageBytes: 128, bytes: 2, bankBits: 0 },
} as const;

type Size = keyof typeof sizes;
const sizeNames = Object.keys(sizes) as Size[];

/** Atmel AT24C and its many copies: an EEPROM whose bytes are registers. Wears out after about a million writes of a page. */
export const at24c = defineChip({
  name: "at24c",
  description: "Atmel AT24C01 to AT24C512: EEPROM",
  addresses: Array.from({ length: 8 }, (_, index) => 0x50 + index),
  settings: fields({
    size: f.withDefault(
      f.custom<Size>(sizeNames.join(", "), (raw) =>
        sizeNames.find((size) => size === String(raw).toLowerCase().replace(/^at/, "")),
      ),
      "24c02",
    ),
  }),
  channels: () => ({}),
  registerMap: ({ size }) => mapOf(size),
  driver: (parts) => registerDriver(parts, mapOf(parts.settings.size), new Map()),
});

function mapOf(size: Size): RegisterMap {
  const { bytes, bankBits, pageBytes } = sizes[size];
  // tWR: 5 ms, 10 ms for old ones at low voltage.
  return { format: { bytes, order: "big", bankBits }, blockBytes: 64, pageBytes, writeCycleMs: 10 };
}
