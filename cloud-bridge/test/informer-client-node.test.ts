import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CustomObjectsApi,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
} from "@kubernetes/client-node";
import { resourceTypes } from "../src/kubernetes/resource-types.ts";
import { type ApiProxy, startApiProxy } from "./support/api-proxy.ts";
import { furnish, startTestCluster, switchLamp, type TestCluster } from "./support/test-cluster.ts";

const group = "devices.kubeedge.io";
const path = `/apis/${group}/v1beta1/namespaces/default/devices`;

let cluster: TestCluster;
let proxy: ApiProxy;

before(async () => {
  cluster = await startTestCluster();
  proxy = await startApiProxy(cluster.kubeconfig);
});

after(async () => {
  await proxy[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

/** An informer of the library, as its documentation has it, and what it said. */
function informer(kubeconfig: string, labelSelector?: string) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CustomObjectsApi);
  const list = async () =>
    (await api.listNamespacedCustomObject({
      ...{ group, version: "v1beta1", namespace: "default", plural: "devices" },
      ...(labelSelector && { labelSelector }),
    })) as KubernetesListObject<KubernetesObject>;
  const made = makeInformer(config, path, list, labelSelector);
  const said: string[] = [];
  let arrived = () => {};
  const say = (text: string) => {
    said.push(text);
    arrived();
  };
  for (const verb of ["add", "update", "delete"] as const)
    made.on(verb, ({ metadata }) => say(`${verb} ${metadata?.name}`));
  made.on("error", () => say("error"));
  const next = async () => {
    while (said.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
    return said.shift();
  };
  return { made, next };
}

test("an informer of client-node sees devices come, change and go, over TLS with a certificate", async () => {
  const { made, next } = informer(cluster.kubeconfig);
  await made.start();
  await furnish(cluster.client, "edge");
  assert.equal(await next(), "add lamp");
  await switchLamp(cluster.client, true);
  assert.equal(await next(), "update lamp");
  await cluster.client.delete(resourceTypes.devices, { namespace: "default", name: "lamp" });
  assert.equal(await next(), "delete lamp");
  await made.stop();
});

test("after a cut it says so, and goes on from the version that it had: nothing is missed, nothing comes twice", async () => {
  const { made, next } = informer(proxy.kubeconfig);
  await made.start();
  const device = (name: string) => ({
    ...{
      apiVersion: `${group}/v1beta1`,
      kind: "Device",
      metadata: { namespace: "default", name, labels: { room: name } },
    },
    spec: { deviceModelRef: { name: "lamp" }, nodeName: "edge", protocol: { protocolName: "gpio", configData: {} } },
  });
  await cluster.client.create(resourceTypes.devices, device("before"));
  assert.equal(await next(), "add before");
  proxy.cut();
  assert.equal(await next(), "error");
  await cluster.client.create(resourceTypes.devices, device("meanwhile"));
  await made.start();
  assert.equal(await next(), "add meanwhile");
  await made.stop();
});

test("with a label selector it sees what begins and what ends to match", async () => {
  const { made, next } = informer(proxy.kubeconfig, "room=hall");
  await made.start();
  const name = { namespace: "default", name: "before" };
  await cluster.client.mergePatch(resourceTypes.devices, name, { metadata: { labels: { room: "hall" } } });
  assert.equal(await next(), "add before");
  await cluster.client.mergePatch(resourceTypes.devices, name, { metadata: { labels: { room: "attic" } } });
  assert.equal(await next(), "delete before");
  await made.stop();
});
