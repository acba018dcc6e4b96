import { listNames, readText } from "../files.ts";
import { headerChipLabels } from "../gpiochip/find-chip.ts";

/** The chip of the header below /sys/class/gpio. */
export interface SysfsChip {
  readonly label: string;
  /** Number of the chip's line 0 in sysfs: 0 on old kernels, 512 or more since Linux 6.6. */
  readonly base: number;
  readonly lines: number;
}

/**
 * The chip of the header in `root`/sys/class/gpio, found by its label, or the labels that are there instead.
 * Numbers in sysfs are global: the base of a chip depends on the kernel and on what was probed before it.
 */
export async function findSysfsChip(
  root: string,
): Promise<{ readonly chip: SysfsChip } | { readonly seen: readonly string[] }> {
  const folder = `${root}/sys/class/gpio`;
  const seen: string[] = [];
  for (const name of await listNames(folder)) {
    if (!/^gpiochip\d+$/.test(name)) continue;
    const label = await readText(`${folder}/${name}/label`);
    const base = Number((await readText(`${folder}/${name}/base`)) ?? Number.NaN);
    const lines = Number((await readText(`${folder}/${name}/ngpio`)) ?? Number.NaN);
    if (label && headerChipLabels.includes(label) && Number.isInteger(base) && Number.isInteger(lines)) {
      return { chip: { label, base, lines } };
    }
    seen.push(`${name} (${label ?? "no label"})`);
  }
  return { seen };
}
