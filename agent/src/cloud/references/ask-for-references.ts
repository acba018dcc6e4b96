import type { AnswerResult, ObjectRequest } from "@edgetwin/cloud-protocol";
import { referencesOf } from "@edgetwin/models";
import type { Core } from "../../core.ts";
import type { ReferenceStore } from "./reference-store.ts";

/** What asking takes. */
export interface AskParts {
  readonly core: Pick<Core, "registry" | "log">;
  readonly references: ReferenceStore;
  /** The bridge brings everything by itself; it is asked for what got lost here. */
  readonly onlyMissing: boolean;
  readonly ask: (request: ObjectRequest) => Promise<AnswerResult | undefined>;
}

const types = { Secret: "secret", ConfigMap: "configmap" } as const;

/**
 * Asks the cloud for the Secrets and ConfigMaps that devices name, once each: CloudCore then sends their changes by itself. Devices
 * that come later are asked about as they come. Returns how to stop.
 */
export function askForReferences({ core, references, onlyMissing, ask }: AskParts): () => void {
  const asked = new Set<string>();
  const waiting: (() => Promise<void>)[] = [];
  let isAsking = false;
  const next = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    // One after the other: a fleet that comes back must not ask for everything at once.
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      await job().catch((error: unknown) =>
        core.log.warn("object of the cloud not stored; asked for again later", { error }),
      );
    }
    isAsking = false;
  };
  const look = () => {
    const named = new Set<string>();
    for (const { device, model } of core.registry.devices()) {
      const { namespace = "default" } = device.metadata;
      for (const reference of referencesOf(device, model)) {
        const { kind, name } = reference;
        named.add(`${namespace}/${types[kind]}/${name}`);
        if (onlyMissing && references.lookUp(namespace, reference) !== undefined) continue;
        const type = types[kind];
        const key = `${namespace}/${type}/${name}`;
        if (asked.has(key)) continue;
        asked.add(key);
        waiting.push(async () => {
          const result = await ask({ operation: "query", path: { namespace, type, name }, content: null });
          if (result?.ok && result.object) references.put({ kind, namespace, name }, { kind, ...result.object });
          else if (result && !result.ok && result.reason === "NotFound") references.remove({ kind, namespace, name });
          // No answer: whoever looks next asks again.
          else if (result === undefined) asked.delete(key);
        });
      }
    }
    // What no device names is forgotten here; the next one that does has it asked for again.
    for (const key of asked) if (!named.has(key)) asked.delete(key);
    void next();
  };
  const stop = core.registry.onChange(({ kind }) => {
    if (kind === "device applied" || kind === "device deleted" || kind === "model applied") look();
  });
  look();
  return () => {
    stop();
    waiting.length = 0;
  };
}
