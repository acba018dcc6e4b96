import type { AgentConfig } from "../config/config.ts";
import type { Registry } from "../registry/registry.ts";
import { History, type HistoryParts, type HistorySettings } from "./history.ts";

/** What a history of an agent needs. */
export interface OpenHistoryParts extends Omit<HistoryParts, keyof HistorySettings> {
  readonly registry: Pick<Registry, "onChange">;
}

/** The history of an agent, undefined where it is switched off. It forgets devices with the registry. */
export function openHistory(
  { enabled, ...settings }: AgentConfig["history"],
  { registry, ...parts }: OpenHistoryParts,
): History | undefined {
  if (!enabled) return undefined;
  const history = new History({ ...settings, ...parts });
  registry.onChange((change) => {
    if (change.kind === "device deleted") history.forget(change.id);
  });
  return history;
}
