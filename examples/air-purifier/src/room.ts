/** The air around the purifier, and what its sensors make of it. */
export class Room {
  readonly #random: () => number;
  #kelvin = 297.2;
  #humidity = 45;
  #dust = 3;
  #fumes = 2;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** What the purifier chooses by itself: faster in dirty air. */
  get wantedSpeed(): number {
    return Math.min(10, Math.max(1, Math.round(this.#dust + this.#fumes)));
  }

  /** Dust falls in from the street, and the fan takes it out. */
  pass(seconds: number, speed: number): void {
    const drift = (range: number) => (this.#random() - 0.5) * range * seconds;
    this.#kelvin = between(288, this.#kelvin + drift(0.05), 303);
    this.#humidity = between(25, this.#humidity + drift(0.2), 75);
    this.#dust = between(0, this.#dust + this.#random() * 0.02 * seconds - this.#dust * speed * 0.0008 * seconds, 9);
    this.#fumes = between(0, this.#fumes + this.#random() * 0.01 * seconds - this.#fumes * speed * 0.0006 * seconds, 9);
  }

  /** With the noise of real sensors: the last digit is never sure. */
  sensors() {
    const noisy = (value: number, spread: number) => digits(value + (this.#random() - 0.5) * spread);
    return {
      tact: noisy(this.#kelvin * 10, 2),
      hact: noisy(this.#humidity, 1),
      pact: noisy(this.#dust, 0.6),
      vact: noisy(this.#fumes, 0.6),
    };
  }

  asleep() {
    return { tact: "OFF", hact: "OFF", pact: "OFF", vact: "OFF" };
  }
}

const between = (min: number, value: number, max: number): number => Math.min(max, Math.max(min, value));
const digits = (value: number): string => String(Math.max(0, Math.round(value))).padStart(4, "0");
