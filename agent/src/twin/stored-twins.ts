import type { StoredState } from "../store/store.ts";
import type { Health, PropertyTwin } from "./types.ts";

const unknownHealth: Health = { state: "unknown", at: 0, reason: "nothing was heard of it yet" };

/** What the store held at start, handed out device by device and then let go. */
export class StoredTwins {
  readonly #twins = new Map<string, Map<string, PropertyTwin>>();
  readonly #health = new Map<string, Health>();

  constructor({ twins, health }: StoredState) {
    for (const { device, twin } of twins) {
      const ofDevice = this.#twins.get(device) ?? new Map<string, PropertyTwin>();
      ofDevice.set(twin.name, twin);
      this.#twins.set(device, ofDevice);
    }
    for (const { device, health: of } of health) this.#health.set(device, of);
  }

  /** The twins of a device by its uid; empty for one that is new. */
  take(uid: string): { readonly twins: ReadonlyMap<string, PropertyTwin>; readonly health: Health } {
    const twins = this.#twins.get(uid) ?? new Map();
    const health = this.#health.get(uid) ?? unknownHealth;
    this.#twins.delete(uid);
    this.#health.delete(uid);
    return { twins, health };
  }
}
