import { HalError } from "@edgetwin/mapper-sdk";

/** Who of this process holds which line. The kernel only tells 31 bytes of a holder's name, and sysfs none at all. */
export class Claims {
  readonly #holders = new Map<string, string>();

  /** Takes `line` for `holder` until the returned claim is disposed. @throws HalError `"busy"` naming the holder. */
  take(line: string, holder = "a driver"): Disposable {
    const other = this.#holders.get(line);
    if (other !== undefined) {
      throw new HalError("busy", `${line} is already held by ${other} in this agent; give one of the two another pin`);
    }
    this.#holders.set(line, holder);
    return { [Symbol.dispose]: () => void this.#holders.delete(line) };
  }

  /** The holder of `line`, if this process holds it. */
  holder(line: string): string | undefined {
    return this.#holders.get(line);
  }
}
