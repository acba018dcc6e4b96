import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { apiGroup } from "@edgetwin/models";
import { parse } from "yaml";
import { sections } from "../config/config.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import { webhookPath } from "./webhook.ts";
import { webhookConfigurationName } from "./webhook-configuration.ts";

interface Configuration {
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly {
    readonly clientConfig: { readonly service: Readonly<Record<string, unknown>>; readonly caBundle?: string };
    readonly rules: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[];
    readonly failurePolicy: string;
    readonly matchPolicy: string;
  }[];
}

test("the manifest of the webhook leads to the bridge as it is configured by default", () => {
  const text = readFileSync(new URL("../../../manifests/admission/webhook.yaml", import.meta.url), "utf8");
  const { metadata, webhooks } = parse(text) as Configuration;
  assert.equal(metadata.name, webhookConfigurationName);
  const [webhook] = webhooks;
  const fallback = (value: { parse: (raw: unknown) => object }) => (value.parse(undefined) as { value: unknown }).value;
  assert.deepEqual(webhook?.clientConfig, {
    service: {
      namespace: fallback(sections.kubernetes.namespace),
      name: fallback(sections.admission.service),
      port: fallback(sections.admission.port),
      path: webhookPath,
    },
  });
  const { devices, deviceModels, rules, ruleEndpoints } = resourceTypes;
  assert.deepEqual(
    webhook?.rules.map(({ apiGroups: [group], resources: [plural] }) => `${plural}.${group}`),
    [devices, deviceModels, rules, ruleEndpoints].map(({ plural, group }) => `${plural}.${group}`),
  );
  assert.equal(devices.group, apiGroup);
  assert.deepEqual([webhook?.failurePolicy, webhook?.matchPolicy], ["Ignore", "Exact"]);
});
