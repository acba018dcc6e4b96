/** wiringPi's `gpio` command as a function: what the pins are, and what was called. */
export class FakeGpio {
  readonly calls: string[] = [];
  readonly #levels = new Map<number, 0 | 1>();
  readonly #broken: boolean;
  #wake: (() => void)[] = [];

  constructor({ broken = false } = {}) {
    this.#broken = broken;
  }

  /** Runs `gpio mode N output`, `gpio read N` or `gpio write N 0|1` and returns what the command prints. */
  run(...argv: string[]): string {
    if (this.#broken) throw new Error("gpio: command not found");
    const [verb, pinText, argument] = argv;
    const pin = Number(pinText);
    if (verb === "read") return `${this.level(pin)}\n`;
    this.calls.push(argv.join(" "));
    if (verb === "write") this.#levels.set(pin, argument === "1" ? 1 : 0);
    for (const wake of this.#wake.splice(0)) wake();
    return "";
  }

  level(pin: number): 0 | 1 {
    return this.#levels.get(pin) ?? 0;
  }

  /** Resolves once `pin` has `level`. */
  async until(pin: number, level: 0 | 1): Promise<void> {
    while (this.level(pin) !== level) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }
}
