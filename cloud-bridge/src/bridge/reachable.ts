import { type Clock, delay, type Log } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import { backoffMs } from "../kubernetes/backoff.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";

const backoff = { firstMs: 500, longestMs: 15_000, random: Math.random };

/**
 * Waits until the API answers: at a start of the machine it may come later than the bridge.
 *
 * @throws BridgeError `KUBERNETES` when it answers with a failure that waiting does not mend: no access, no definitions.
 */
export async function reachable(
  client: Pick<KubernetesClient, "list">,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      await client.list(resourceTypes.deviceModels, {}, { signal });
      return;
    } catch (error) {
      const isTransient =
        error instanceof BridgeError &&
        (error.code === "UNREACHABLE" || (error.status ?? 0) >= 500 || error.status === 429);
      if (!isTransient || signal.aborted) throw error;
      log.warn("the Kubernetes API does not answer yet", { error });
      await delay(clock, backoffMs(failures, backoff), signal);
    }
  }
}
