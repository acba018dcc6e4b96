/** Short numbers for the names of metrics, each its own on the whole edge node (Sparkplug B 3.0, 6.4.6). */
export class Aliases {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  constructor(names: readonly string[] = []) {
    for (const name of names) this.of(name);
  }

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#names.push(name);
    this.#numbers.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }

  nameOf(alias: number | undefined): string | undefined {
    return alias === undefined ? undefined : this.#names[alias];
  }
}
