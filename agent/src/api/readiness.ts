import type { Core } from "../core.ts";

/** Whether the agent does its work: the store takes writes, and every device was opened or failed to open once. */
export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: readonly { readonly check: string; readonly ok: boolean; readonly message: string }[];
}

export interface Readiness {
  report(): ReadinessReport;
}

/** Once every device had its turn that part stays true: a device that is opened again does not make the agent unready. */
export function createReadiness({ store, registry }: Core): Readiness {
  let opened = false;
  return {
    report() {
      const waiting = opened
        ? []
        : registry.devices().filter(({ state }) => state.name === "opening" && state.failures === 0);
      opened = waiting.length === 0;
      const condition = store.condition();
      const checks = [
        {
          check: "store",
          ok: condition.state === "ok",
          message: condition.state === "ok" ? "the store takes writes" : condition.reason,
        },
        {
          check: "devices",
          ok: opened,
          message: opened ? "every device had its turn" : `still opening ${waiting.map(({ id }) => id).join(", ")}`,
        },
      ];
      return { ready: checks.every(({ ok }) => ok), checks };
    },
  };
}
