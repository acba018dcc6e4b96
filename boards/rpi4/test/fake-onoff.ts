import type { OnoffLine, OpenOnoff } from "../src/sysfs/onoff.ts";

/** One line below an emulated /sys/class/gpio, by its global number. */
export interface SysfsLine {
  exported: boolean;
  direction: "in" | "out";
  high: boolean;
  activeLow: boolean;
  edge: "none" | "rising" | "falling" | "both";
  readonly listeners: Set<(error: Error | null | undefined, value: 0 | 1) => void>;
}

/** The onoff library on a kernel made of memory. */
export class FakeOnoff {
  readonly lines = new Map<number, SysfsLine>();
  /** Error code that exporting a number fails with. */
  readonly failures = new Map<number, string>();

  line(number: number): SysfsLine {
    const line = this.lines.get(number) ?? {
      exported: false,
      direction: "in" as const,
      high: false,
      activeLow: false,
      edge: "none" as const,
      listeners: new Set(),
    };
    this.lines.set(number, line);
    return line;
  }

  readonly open: OpenOnoff = (number, direction, { edge = "none", activeLow }): OnoffLine => {
    const code = this.failures.get(number);
    if (code) throw Object.assign(new Error(`${code}: write`), { code });
    const line = this.line(number);
    Object.assign(line, { exported: true, activeLow, edge, direction: direction === "in" ? "in" : "out" });
    if (direction !== "in") line.high = direction === "high";
    return {
      readSync: () => this.#value(line),
      writeSync: (value) => {
        line.high = (value === 1) !== line.activeLow;
      },
      watch: (listener) => void line.listeners.add(listener),
      unwatchAll: () => line.listeners.clear(),
      unexport: () => {
        line.exported = false;
      },
    };
  };

  /** Drives a wire from outside; the kernel interrupts on the edges asked for. */
  drive(number: number, high: boolean): void {
    const line = this.line(number);
    if (line.high === high) return;
    line.high = high;
    const value = this.#value(line);
    const wanted = line.edge === "both" || line.edge === (value === 1 ? "rising" : "falling");
    if (wanted) for (const listener of [...line.listeners]) listener(null, value);
  }

  #value(line: SysfsLine): 0 | 1 {
    return line.high !== line.activeLow ? 1 : 0;
  }
}
