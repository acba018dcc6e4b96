import { type Discovered, defineModel } from "@edgetwin/mapper-sdk";
import type { FoundProperty } from "./home-assistant/entity.ts";

/** One topic that tells whether the device is there. */
interface AvailabilityTopic {
  readonly topic: string;
  readonly path?: string;
  readonly online: string;
  readonly offline: string;
}

/** A device while it is put together from what is said about it. */
export class DraftDevice {
  readonly #name: string;
  readonly #description: string;
  readonly #properties = new Map<string, FoundProperty>();
  readonly #availability = new Map<string, AvailabilityTopic>();
  readonly #skipped: string[] = [];
  readonly #facts: Record<string, string> = {};
  #mode: string | undefined;

  constructor(name: string, description: string) {
    this.#name = name;
    this.#description = description;
  }

  /** Properties get names that a manifest takes, each its own. */
  add(found: readonly FoundProperty[]): void {
    for (const one of found) {
      const base = slug(one.name) || "value";
      let name = base;
      for (let count = 2; this.#properties.has(name); count++) name = `${base}-${count}`;
      this.#properties.set(name, { ...one, name });
    }
  }

  isThereWhen(availability: AvailabilityTopic, mode?: string): void {
    this.#availability.set(availability.topic, availability);
    this.#mode = mode ?? this.#mode;
  }

  skip(reason: string): void {
    this.#skipped.push(reason);
  }

  know(facts: Readonly<Record<string, unknown>>): void {
    for (const [name, fact] of Object.entries(facts))
      if (typeof fact === "string" && fact !== "") this.#facts[name] = fact;
  }

  /** What it is, for whoever reaches it over `broker`; undefined when nothing of it can be used. */
  finding(broker: Readonly<Record<string, unknown>>, taken: Map<string, number>): Discovered | undefined {
    const properties = [...this.#properties.values()];
    const facts = { ...this.#facts, ...(this.#skipped.length > 0 && { skipped: this.#skipped.join("; ") }) };
    const base = slug(this.#name) || "device";
    const count = (taken.get(base) ?? 0) + 1;
    taken.set(base, count); // two devices called "plug" are two models
    const name = count === 1 ? base : `${base}-${count}`;
    const [first, ...more] = this.#availability.values();
    const availability = first && (more.length > 0 ? [first, ...more] : first);
    const told = { name, description: this.#description, confidence: 1, facts };
    if (properties.length === 0) return this.#skipped.length > 0 ? told : undefined;
    return {
      ...told,
      model: defineModel(name, Object.fromEntries(properties.map(({ name, property }) => [name, property]))),
      connection: {
        ...broker,
        ...(availability && { availability }),
        ...(more.length > 0 && this.#mode !== undefined && { availabilityMode: this.#mode }),
      },
      visitors: Object.fromEntries(properties.map(({ name, visitor }) => [name, visitor])),
    };
  }
}

/** As Kubernetes names things: small letters, digits and dashes. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
