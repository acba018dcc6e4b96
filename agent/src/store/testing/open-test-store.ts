import { type Clock, type Log, silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { openStore, type StoreOptions } from "../open-store.ts";
import type { Store, StoreCondition, StoreWithFiles } from "../store.ts";

/** Opens a real store in `directory` with a clock that stands still. */
export function openTestStore(
  directory: string,
  options: Partial<Omit<StoreOptions, "directory">> & { readonly clock?: Clock; readonly log?: Log } = {},
): Promise<StoreWithFiles> {
  return openStore({ clock: new ManualClock(), log: silentLog, ...options, directory });
}

/** Resolves as soon as the store's condition is `state`. */
export function whenCondition(store: Store, state: StoreCondition["state"]): Promise<StoreCondition> {
  if (store.condition().state === state) return Promise.resolve(store.condition());
  return new Promise((resolve) => {
    const stop = store.onCondition((condition) => {
      if (condition.state !== state) return;
      stop();
      resolve(condition);
    });
  });
}
