import { listNames } from "../files.ts";
import { systemCode } from "../hal-error.ts";
import { Chip } from "./chip.ts";
import type { Syscalls } from "./syscalls.ts";

/**
 * Labels of the chips whose line offsets are the GPIO numbers of the header: Pi 4 (BCM2711), Pi Zero to 3 (BCM2835 to
 * BCM2837) and Pi 5 (RP1). The number behind `gpiochip` is no key: it differs between models and between kernels of one model.
 */
export const headerChipLabels: readonly string[] = ["pinctrl-bcm2711", "pinctrl-bcm2835", "pinctrl-rp1"];

/** What {@link findChip} found. */
export type ChipSearch =
  | { readonly kind: "found"; readonly chip: Chip }
  /** A device exists that this process may not open, and no other one fits. */
  | { readonly kind: "denied"; readonly path: string; readonly error: unknown }
  /** No device carries one of the labels; `seen` are those that exist. */
  | { readonly kind: "absent"; readonly seen: readonly string[] };

/** Opens the character device of the header, found by its label below `root`/dev. The caller owns the chip. */
export async function findChip(syscalls: Syscalls, root: string): Promise<ChipSearch> {
  const seen: string[] = [];
  let denied: { readonly path: string; readonly error: unknown } | undefined;
  for (const name of await listNames(`${root}/dev`)) {
    if (!/^gpiochip\d+$/.test(name)) continue;
    const path = `${root}/dev/${name}`;
    const chip = openChip(syscalls, path);
    if ("error" in chip) {
      if (["EACCES", "EPERM"].includes(systemCode(chip.error) ?? "")) denied ??= { path, error: chip.error };
      else seen.push(`${name} (${chip.error instanceof Error ? chip.error.message : chip.error})`);
    } else if (headerChipLabels.includes(chip.label)) {
      return { kind: "found", chip };
    } else {
      chip[Symbol.dispose]();
      seen.push(`${name} (${chip.label})`);
    }
  }
  return denied ? { kind: "denied", ...denied } : { kind: "absent", seen };
}

function openChip(syscalls: Syscalls, path: string): Chip | { readonly error: unknown } {
  try {
    return new Chip(syscalls, path);
  } catch (error) {
    return { error };
  }
}
