const units = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, kB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** Bytes of a text like `"64MiB"` or `"1.5 GB"`; undefined for anything else. */
export function parseSize(raw: unknown): number | undefined {
  const match = typeof raw === "string" ? /^\s*(\d+(?:\.\d+)?)\s*([KMG]iB|kB|MB|GB)\s*$/.exec(raw) : null;
  if (!match) return undefined;
  return Math.round(Number(match[1]) * units[match[2] as keyof typeof units]);
}

/** Bytes for people, in whole MiB. */
export const showSize = (bytes: number): string => `${Math.round(bytes / units.MiB)} MiB`;
