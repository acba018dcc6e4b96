import type { Connection } from "./connection.ts";

/** The small numbers that stand for properties in the tables that change all the time. */
export class PropertyIds {
  readonly #known = new Map<string, Map<string, number>>();
  readonly #find;
  readonly #add;
  readonly #forget;

  constructor(connection: Connection) {
    this.#find = connection
      .prepare<[string, string], number>("SELECT id FROM property WHERE device = ? AND name = ?")
      .pluck();
    this.#add = connection
      .prepare<[string, string], number>("INSERT INTO property (device, name) VALUES (?, ?) RETURNING id")
      .pluck();
    this.#forget = connection.prepare<[number]>("DELETE FROM property WHERE id = ?");
  }

  /** Gives the property a number when it has none. */
  of(device: string, name: string): number {
    const known = this.find(device, name);
    if (known !== undefined) return known;
    const id = this.#add.get(device, name) as number;
    this.#names(device).set(name, id);
    return id;
  }

  find(device: string, name: string): number | undefined {
    const known = this.#known.get(device)?.get(name);
    if (known !== undefined) return known;
    const id = this.#find.get(device, name);
    if (id !== undefined) this.#names(device).set(name, id);
    return id;
  }

  forget(device: string, name: string, id: number): void {
    this.#forget.run(id);
    this.#known.get(device)?.delete(name);
  }

  /** Forgets a device in memory only; its rows are somebody else's to delete. */
  forgetDevice(device: string): void {
    this.#known.delete(device);
  }

  /** After a rollback: what was remembered may not be in the database. */
  reset(): void {
    this.#known.clear();
  }

  #names(device: string): Map<string, number> {
    const names = this.#known.get(device) ?? new Map<string, number>();
    this.#known.set(device, names);
    return names;
  }
}
