import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { deviceIndexes } from "../controllers/device-facts.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import { Informer } from "../kubernetes/informer.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import type { BridgeContext } from "./bridge-part.ts";

/** The caches that every part reads, and what keeps them the same as the API. */
export interface Informers extends Pick<BridgeContext, "devices" | "models" | "nodes">, AsyncDisposable {
  /** Resolves when they hold what the API had at one time; rejects with the reason of `signal`. */
  synced(signal: AbortSignal): Promise<void>;
  readonly isSynced: boolean;
}

/** Starts them. They go on for ever when the API fails. */
export function startInformers(
  client: KubernetesClient,
  common: { readonly clock: Clock; readonly log: Log; readonly random: () => number },
): Informers {
  const stop = new AbortController();
  const devices = new Informer({ client, type: resourceTypes.devices, indexes: deviceIndexes, ...common });
  const models = new Informer({ client, type: resourceTypes.deviceModels, indexes: {}, ...common });
  const nodes = new Informer({ client, type: resourceTypes.nodes, indexes: {}, ...common });
  const all = [devices, models, nodes];
  const running = Promise.all(all.map((informer) => informer.run(stop.signal)));
  let isSynced = false;
  const done = Promise.all(all.map(({ synced }) => synced)).then(() => {
    isSynced = true;
  });
  return {
    devices,
    models,
    nodes,
    get isSynced() {
      return isSynced;
    },
    synced: (signal) =>
      new Promise((resolve, reject) => {
        const abort = () => reject(signal.reason);
        if (signal.aborted) return abort();
        signal.addEventListener("abort", abort, { once: true });
        void done.then(() => {
          signal.removeEventListener("abort", abort);
          resolve();
        });
      }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
