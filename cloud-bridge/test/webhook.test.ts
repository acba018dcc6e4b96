import assert from "node:assert/strict";
import { request } from "node:https";
import { test } from "node:test";
import { silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { reviewer } from "../src/admission/reviewer.ts";
import { startWebhook } from "../src/admission/webhook.ts";
import { keepAuthority } from "../src/admission/webhook-configuration.ts";
import { openAuthority } from "../src/certificates/authority.ts";
import { certificatePem } from "../src/certificates/pem.ts";
import { memorySecrets } from "../src/certificates/testing/memory-secrets.ts";
import { deviceIndexes } from "../src/controllers/device-facts.ts";
import { cachedObjects } from "../src/controllers/testing/cached-objects.ts";
import { deviceObject, modelObject } from "../src/controllers/testing/device-objects.ts";
import { BridgeError } from "../src/errors.ts";
import type { KubernetesClient, StoredObject } from "../src/kubernetes/client.ts";

const serviceName = "edgetwin-bridge.kubeedge.svc";

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function startReviews(client: Pick<KubernetesClient, "get" | "list">) {
  const authority = await openAuthority({
    secrets: memorySecrets(),
    clock: systemClock,
    serverNames: ["127.0.0.1", serviceName],
  });
  const devices = cachedObjects(deviceIndexes);
  const sources = { client, devices, models: cachedObjects({}), nodes: cachedObjects({}) };
  const webhook = await startWebhook({
    ...{ authority, sources, host: "127.0.0.1", port: 0, log: silentLog },
    reviewer: reviewer(new Map()),
  });
  const send = (body: unknown, path = "/review"): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options = {
        ...{ host: "127.0.0.1", port: webhook.port, path, method: "POST" },
        // As an API server asks: by the name of the Service, believing the bundle alone.
        ...{ servername: serviceName, ca: certificatePem(authority.certificate), agent: false },
      };
      const asked = request(options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      asked.on("error", reject).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  const review = async (asked: Readonly<Record<string, unknown>>) => {
    const kind = { group: "devices.kubeedge.io", version: "v1beta1", kind: "Device" };
    const { body } = await send({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      request: { uid: "u-1", kind, name: "d1", ...asked },
    });
    return JSON.parse(body) as { kind: string; response: Readonly<Record<string, unknown>> };
  };
  return { devices, review, send, webhook, [Symbol.asyncDispose]: () => webhook[Symbol.asyncDispose]() };
}

const nothingListed = async () => ({ items: [], resourceVersion: "1" });

test("a cluster gets the same review as the bridge's own API, with the model as it is now", async () => {
  const models: string[] = [];
  await using on = await startReviews({
    // Not in the cache yet: it was made a moment ago.
    get: async (_, { name }) => {
      models.push(name);
      return name === "m" ? modelObject("m") : undefined;
    },
    list: nothingListed,
  });
  const good = deviceObject("d1", { node: "n", model: "m", power: "true" });
  const accepted = await on.review({ operation: "CREATE", object: good });
  assert.equal(accepted.kind, "AdmissionReview");
  assert.equal(accepted.response.uid, "u-1");
  assert.equal(accepted.response.allowed, true);
  assert.match(String(accepted.response.warnings), /there is no node "n" yet/);
  const refused = await on.review({
    operation: "UPDATE",
    object: deviceObject("d1", { node: "n", model: "m", power: "on" }),
    oldObject: good,
  });
  const { allowed, status } = refused.response as { allowed: boolean; status: Readonly<Record<string, unknown>> };
  assert.deepEqual([allowed, status.code, status.reason], [false, 422, "Invalid"]);
  assert.match(
    String(status.message),
    /^Device\.devices\.kubeedge\.io "d1" is invalid: spec\.properties\[0\]\.desired\.value: Invalid value: "on": expected "?true/,
  );
  assert.deepEqual(models, ["m", "m", "m"]);
  assert.deepEqual([on.webhook.reviewed, on.webhook.refused], [2, 1]);
});

test("a change of status alone passes, whatever the object says and whatever the API does", async () => {
  await using on = await startReviews({ get: () => assert.fail("nothing to ask"), list: nothingListed });
  const bad = deviceObject("d1", { node: "n", model: "gone", power: "purple" });
  const { response } = await on.review({
    operation: "UPDATE",
    object: { ...bad, status: { state: "ok" } },
    oldObject: bad,
  });
  assert.deepEqual(response, { uid: "u-1", allowed: true });
});

test("what cannot be looked at passes with a warning, and what is no review is refused in a sentence", async () => {
  await using on = await startReviews({
    get: async () => {
      throw new BridgeError("UNREACHABLE", "no API");
    },
    list: nothingListed,
  });
  const { response } = await on.review({ operation: "CREATE", object: deviceObject("d1", { model: "m" }) });
  assert.equal(response.allowed, true);
  assert.match(String(response.warnings), /could not review/);
  assert.equal((await on.send("{")).status, 400);
  assert.equal((await on.send({ kind: "Pod" })).body, "expected an AdmissionReview\n");
  assert.match(
    (await on.send({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1beta1" })).body,
    /is not spoken here/,
  );
  assert.equal((await on.send({}, "/other")).status, 404);
});

test("the authority is written into the configuration of the webhook, and again after somebody took it out", async () => {
  let stored: StoredObject | undefined;
  let conflicts = 1;
  const client = {
    get: async () => stored,
    async replace(_: unknown, object: unknown) {
      if (conflicts-- > 0) throw new BridgeError("KUBERNETES", "changed", { status: 409, reason: "Conflict" });
      stored = object as StoredObject;
      return stored;
    },
  } as unknown as KubernetesClient;
  assert.equal(await keepAuthority(client, "PEM"), false);
  const webhooks = [
    { name: "a", clientConfig: { service: { name: "s" } } },
    { name: "b", clientConfig: { caBundle: "old" } },
  ];
  const metadata = { name: "edgetwin-bridge", uid: "u", resourceVersion: "1" };
  stored = { metadata, webhooks } as unknown as StoredObject;
  assert.equal(await keepAuthority(client, "PEM"), true);
  assert.deepEqual(stored.webhooks, [
    { name: "a", clientConfig: { service: { name: "s" }, caBundle: "UEVN" } },
    { name: "b", clientConfig: { caBundle: "UEVN" } },
  ]);
  const before = stored;
  assert.equal(await keepAuthority(client, "PEM"), true);
  assert.equal(stored, before);
});
