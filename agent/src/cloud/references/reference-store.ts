import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject } from "@edgetwin/cloud-protocol";
import type { Log } from "@edgetwin/mapper-sdk";
import type { Reference } from "@edgetwin/models";
import type { ReferenceSource } from "../../registry/reference-source.ts";
import { cloudDirectory } from "../identity-file.ts";
import { syncDirectory, writePrivateFile } from "../private-file.ts";

/** A Secret or a ConfigMap, as the wire names it. */
export interface HeldName {
  readonly kind: Reference["kind"];
  readonly namespace: string;
  readonly name: string;
}

interface Held extends HeldName {
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** By key; what is binary, in base64. */
  readonly values: Readonly<Record<string, string>>;
}

/** More than the devices of a node can want. */
const most = 1000;

/** Where they are kept: files that the agent alone may read, one for each object. */
export const referenceDirectory = (stateDirectory: string): string => join(cloudDirectory(stateDirectory), "objects");

/**
 * Secrets and ConfigMaps of the cloud, for the settings of devices that name them. Each is on the card before it counts as
 * taken. Nothing of what is in them gets into a log or an error.
 */
export class ReferenceStore implements ReferenceSource {
  readonly #directory: string;
  readonly #log: Log;
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<(namespace: string, name: string) => void>();

  constructor(stateDirectory: string, log: Log) {
    this.#directory = referenceDirectory(stateDirectory);
    this.#log = log;
    for (const held of this.#stored()) this.#held.set(keyOf(held), held);
  }

  lookUp(namespace: string, { kind, name, key }: Reference): string | undefined {
    const values = this.#held.get(keyOf({ kind, namespace, name }))?.values;
    return values && Object.hasOwn(values, key) ? values[key] : undefined;
  }

  onChange(listener: (namespace: string, name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps an object in place of the one with its name. @throws the system's error when the disk does not take it. */
  put(place: HeldName, object: KubernetesObject): void {
    const key = keyOf(place);
    const before = this.#held.get(key);
    const { uid, resourceVersion } = (object.metadata ?? {}) as { uid?: string; resourceVersion?: string };
    const isOlder =
      before?.uid === uid &&
      numberOf(before?.resourceVersion) > numberOf(resourceVersion) &&
      numberOf(resourceVersion) > 0n;
    if (isOlder) return;
    const held: Held = {
      ...place,
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      values: valuesOf(object),
    };
    if (!before && this.#held.size >= most) {
      return this.#log.warn("object of the cloud is not kept: there are too many", { ...place, most });
    }
    if (before && JSON.stringify(before) === JSON.stringify(held)) return;
    writePrivateFile(this.#fileOf(place), JSON.stringify(held));
    this.#held.set(key, held);
    this.#log.info("object of the cloud kept", { ...place, keys: Object.keys(held.values).length });
    if (JSON.stringify(before?.values) !== JSON.stringify(held.values)) this.#tell(place);
  }

  /** Forgets an object; one that took its name since stays. @throws the system's error. */
  remove(place: HeldName, uid?: string): void {
    const before = this.#held.get(keyOf(place));
    if (!before || (uid !== undefined && before.uid !== undefined && before.uid !== uid)) return;
    rmSync(this.#fileOf(place), { force: true });
    // `edgetwin leave` takes the whole directory.
    if (existsSync(this.#directory)) syncDirectory(this.#directory);
    this.#held.delete(keyOf(place));
    this.#log.info("object of the cloud removed", { ...place });
    this.#tell(place);
  }

  /** Forgets everything: the node left its cloud. */
  clear(): void {
    for (const held of [...this.#held.values()]) this.remove(held);
  }

  #tell({ namespace, name }: HeldName): void {
    for (const listener of [...this.#listeners]) listener(namespace, name);
  }

  /** A name may be longer than that of a file. */
  #fileOf(place: HeldName): string {
    const digest = createHash("sha256").update(keyOf(place)).digest("hex").slice(0, 32);
    return join(this.#directory, `${place.kind.toLowerCase()}-${digest}.json`);
  }

  #stored(): readonly Held[] {
    let names: readonly string[];
    try {
      names = readdirSync(this.#directory).filter((name) => name.endsWith(".json"));
    } catch {
      return []; // nothing was ever kept
    }
    return names.flatMap((name) => {
      try {
        const held = JSON.parse(readFileSync(join(this.#directory, name), "utf8")) as Held;
        return isHeld(held) ? [held] : [];
      } catch {
        // Not with the error: it would quote the file.
        this.#log.warn("object of the cloud cannot be read; it comes again with the connection", { file: name });
        return [];
      }
    });
  }
}

/** Removes everything that the cloud sent, of an agent that may not run. @throws the system's error. */
export const removeReferences = (stateDirectory: string): void =>
  rmSync(referenceDirectory(stateDirectory), { recursive: true, force: true });

const keyOf = ({ kind, namespace, name }: HeldName): string => `${kind} ${namespace}/${name}`;
const numberOf = (version: string | undefined): bigint =>
  version && /^\d{1,30}$/.test(version) ? BigInt(version) : 0n;

const textsOf = (value: unknown): [string, string][] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string")
    : [];

/** What settings can name: texts of a ConfigMap, and of a Secret after its base64; binary data stays base64. */
function valuesOf({ data, binaryData, kind, type }: KubernetesObject): Readonly<Record<string, string>> {
  const isSecret = kind === "Secret" || type !== undefined;
  const texts = textsOf(data).map(([key, value]): [string, string] => [key, isSecret ? decoded(value) : value]);
  return Object.fromEntries([...textsOf(binaryData), ...texts]);
}

const decoded = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

function isHeld(held: unknown): held is Held {
  if (typeof held !== "object" || held === null) return false;
  const { kind, namespace, name, values } = held as Readonly<Record<keyof Held, unknown>>;
  return (
    (kind === "Secret" || kind === "ConfigMap") &&
    [namespace, name].every((text) => typeof text === "string") &&
    typeof values === "object" &&
    values !== null
  );
}
