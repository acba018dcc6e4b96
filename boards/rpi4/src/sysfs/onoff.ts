/** A line of the onoff library, as far as it is used here; numbers are those of sysfs. */
export interface OnoffLine {
  readSync(): 0 | 1;
  writeSync(value: 0 | 1): void;
  watch(listener: (error: Error | null | undefined, value: 0 | 1) => void): void;
  unwatchAll(): void;
  /** Closes the line and takes it out of sysfs. */
  unexport(): void;
}

/** Exports a line and sets it up. Throws the error of the first system call that fails. */
export type OpenOnoff = (
  number: number,
  direction: "in" | "high" | "low",
  options: { readonly edge?: "rising" | "falling" | "both"; readonly activeLow: boolean },
) => OnoffLine;

/** Loads the onoff library, with its native poller. Rejects when that was not built for this machine. */
export async function loadOnoff(): Promise<OpenOnoff> {
  const { Gpio } = await import("onoff");
  return (number, direction, { edge, activeLow }) => new Gpio(number, direction, edge ?? "none", { activeLow });
}
