import { readFileSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { type Clock, type Log, showValue, type Timer } from "@edgetwin/mapper-sdk";
import type { DmiVersion } from "./dialect.ts";
import { type Held, nothingHeld } from "./held.ts";

/** A mapper that registered itself. */
export interface Registration {
  readonly name: string;
  readonly protocol: string;
  readonly version: string;
  /** Path of its own socket. */
  readonly address: string;
  /** The version of DMI in which it registered. */
  readonly dmi: DmiVersion;
  /** Whether it is one of ours, as far as known. */
  readonly isOurs: boolean;
  /** What it was given, when it is one of KubeEdge's. */
  readonly held: Held;
}

interface Stored extends Omit<Registration, "held"> {
  readonly devices: Readonly<Record<string, string>>;
  readonly models: Readonly<Record<string, string>>;
}

/** Changes that come within this time are written once. */
const flushMs = 200;

/**
 * Registrations on disk, because mappers made with KubeEdge's framework register once, when they start: an agent that
 * starts again has to know whom to call. A file that cannot be read or written is logged, and costs this memory only.
 */
export class RegistrationFile implements AsyncDisposable {
  readonly #path: string;
  readonly #parts: { readonly clock: Clock; readonly log: Log };
  #timer: Timer | undefined;
  #read: () => Iterable<Registration> = () => [];
  /** Writes go one after the other; the card may take its time. */
  #written: Promise<void> = Promise.resolve();

  constructor(path: string, parts: { readonly clock: Clock; readonly log: Log }) {
    this.#path = path;
    this.#parts = parts;
  }

  /** What was written last; empty when there is nothing that can be read. */
  load(): readonly Registration[] {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      this.#parts.log.warn("registrations of mappers cannot be read", { path: this.#path, error });
      return [];
    }
    try {
      return (JSON.parse(text) as { mappers: unknown[] }).mappers.map(registrationOf);
    } catch (error) {
      const fix = "mappers of KubeEdge have to be started again";
      this.#parts.log.warn("registrations of mappers are damaged", { path: this.#path, error, fix });
      return [];
    }
  }

  /** Writes what `read` gives, soon. */
  save(read: () => Iterable<Registration>): void {
    this.#read = read;
    this.#timer ??= this.#parts.clock.after(flushMs, () => this.#flush(), { background: true });
  }

  /** Writes what waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer) this.#flush();
    await this.#written;
  }

  #flush(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    const mappers = [...this.#read()].map(storedOf);
    this.#written = this.#written.then(() => this.#write(`${JSON.stringify({ mappers }, undefined, 1)}\n`));
  }

  async #write(text: string): Promise<void> {
    const temporary = `${this.#path}.new`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      const file = await open(temporary, "w", 0o600);
      try {
        await file.writeFile(text);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      this.#parts.log.error("registrations of mappers cannot be written", { path: this.#path, error });
    }
  }
}

function storedOf({ held, ...registration }: Registration): Stored {
  const devices = Object.fromEntries([...held.devices].map(([id, { settings }]) => [id, settings]));
  return { ...registration, devices, models: Object.fromEntries(held.models) };
}

function registrationOf(raw: unknown): Registration {
  const { devices, models, ...registration } = raw as Stored;
  const { name, protocol, address, dmi } = registration;
  const isKnown = dmi === "v1beta1" || dmi === "v1alpha1";
  if (![name, protocol, address].every((text) => typeof text === "string" && text !== "") || !isKnown) {
    throw new TypeError(`${showValue(raw)} is no registration`);
  }
  const held = nothingHeld();
  for (const [id, settings] of Object.entries(devices ?? {})) held.devices.set(id, { whole: undefined, settings });
  for (const [id, digest] of Object.entries(models ?? {})) held.models.set(id, digest);
  return { ...registration, held };
}
