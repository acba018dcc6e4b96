import { delay } from "@edgetwin/mapper-sdk";
import { loadProtocols } from "../admission/load-protocols.ts";
import { reviewer } from "../admission/reviewer.ts";
import { startWebhook } from "../admission/webhook.ts";
import { keepAuthority, webhookConfigurationName } from "../admission/webhook-configuration.ts";
import { certificatePem } from "../certificates/pem.ts";
import type { BridgeContext, OpenPart } from "./bridge-part.ts";

/** How often it is looked whether the API server still knows our authority. */
const lookMs = 300_000;

/** Reviews changes for the API server of a cluster; the bridge's own API does that by itself. */
export const admissionWebhook: OpenPart = async (context) => {
  const { config, client, authority, devices, models, nodes, log } = context;
  const { webhook: isOn, host, port, mappers } = config.admission;
  const name = "admission webhook";
  if (config.kubernetes.use !== "cluster" || !isOn) return { name };
  const webhook = await startWebhook({
    ...{ authority, host, port, log },
    reviewer: reviewer(await loadProtocols(mappers, log)),
    sources: { client, devices, models, nodes },
  });
  const stop = new AbortController();
  const keeping = keepConfiguration(context, stop.signal);
  log.info("changes are reviewed", { host, port: webhook.port });
  return {
    name,
    metrics: () => [
      {
        name: "edgetwin_bridge_reviews_total",
        type: "counter",
        help: "Changes that were reviewed.",
        samples: [
          { labels: { result: "allowed" }, value: webhook.reviewed - webhook.refused },
          { labels: { result: "refused" }, value: webhook.refused },
        ],
      },
    ],
    async [Symbol.asyncDispose]() {
      stop.abort();
      await keeping;
      await webhook[Symbol.asyncDispose]();
    },
  };
};

async function keepConfiguration({ client, authority, clock, log }: BridgeContext, signal: AbortSignal): Promise<void> {
  const pem = certificatePem(authority.certificate);
  while (!signal.aborted) {
    try {
      const isThere = await keepAuthority(client, pem);
      if (!isThere) log.info("nobody asks for reviews: there is no such webhook", { name: webhookConfigurationName });
    } catch (error) {
      if (!signal.aborted)
        log.warn("the API server may not believe our webhook: its authority is not written", { error });
    }
    await delay(clock, lookMs, signal).catch(() => {});
  }
}
