import { readFileSync } from "node:fs";
import { type Envelope, formatEnvelope, parseEnvelope } from "@edgetwin/cloud-protocol";
import type { Log } from "@edgetwin/mapper-sdk";
import { parseJsonText, toJsonText } from "@edgetwin/models";
import { writePrivateFile } from "../private-file.ts";

/** More than a node has devices; beyond it the oldest is forgotten. */
const most = 1000;

/**
 * Devices and models that were acknowledged, since the cloud must not wait for them, but that cannot be applied as they
 * are: a device that does not fit its model. The cloud does not send them again when the model changes, so they are kept.
 */
export class RefusedObjects {
  readonly #file: string;
  readonly #log: Log;
  readonly #objects = new Map<string, Envelope>();

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
    for (const text of this.#stored()) {
      const envelope = parseEnvelope(text);
      this.#objects.set(envelope.route.resource, envelope);
    }
  }

  all(): readonly Envelope[] {
    return [...this.#objects.values()];
  }

  /** @throws the system's error when the disk does not take it; it is kept in memory all the same. */
  put(envelope: Envelope): void {
    this.#objects.delete(envelope.route.resource);
    this.#objects.set(envelope.route.resource, envelope);
    const [oldest] = this.#objects.keys();
    if (this.#objects.size > most && oldest !== undefined) this.#objects.delete(oldest);
    this.#store();
  }

  drop(resource: string): void {
    if (this.#objects.delete(resource)) this.#store();
  }

  #store(): void {
    writePrivateFile(this.#file, toJsonText([...this.#objects.values()].map(formatEnvelope)) ?? "[]");
  }

  #stored(): readonly string[] {
    try {
      const read = parseJsonText(readFileSync(this.#file, "utf8"));
      return Array.isArray(read) ? read.filter((text) => typeof text === "string") : [];
    } catch (error) {
      const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isAbsent) this.#log.warn("refused objects of the cloud cannot be read", { file: this.#file, error });
      return [];
    }
  }
}
