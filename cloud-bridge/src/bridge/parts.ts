import { admissionWebhook } from "./admission-webhook.ts";
import type { OpenPart } from "./bridge-part.ts";
import { deviceDelivery } from "./device-delivery.ts";
import { nodeKeeping } from "./node-keeping.ts";
import { referenceDelivery } from "./reference-delivery.ts";
import { replicas } from "./replicas.ts";
import { ruleRouting } from "./rule-routing.ts";

/**
 * Everything that a bridge is made of, in the order in which it opens; parts close in the opposite order. A new
 * controller is one line here.
 */
export const openParts: readonly OpenPart[] = [
  deviceDelivery,
  referenceDelivery,
  nodeKeeping,
  admissionWebhook,
  ruleRouting,
  replicas,
];
