import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Envelope, twinReport } from "@edgetwin/cloud-protocol";
import { stringify } from "yaml";
import { nodeCredential } from "../../src/certificates/testing/node-credential.ts";
import { resourceTypes } from "../../src/kubernetes/resource-types.ts";
import { connectEdge, type EdgePeer } from "../support/edge-peer.ts";
import { type Kubectl, kubectl, kubectlPrograms, type Printed } from "../support/kubectl.ts";
import { startTestCluster, type TestCluster } from "../support/test-cluster.ts";

const apiVersion = "devices.kubeedge.io/v1beta1";
const model = {
  ...{ apiVersion, kind: "DeviceModel", metadata: { name: "lamp" } },
  spec: {
    protocol: "gpio",
    properties: [
      { name: "power", type: "BOOLEAN", accessMode: "ReadWrite" },
      { name: "level", type: "INT", accessMode: "ReadWrite", minimum: "0", maximum: "100" },
    ],
  },
};
const device = (name: string, { power = "false", pin = 17, spec = {}, labels = {} } = {}) => ({
  ...{ apiVersion, kind: "Device", metadata: { name, labels } },
  spec: {
    deviceModelRef: { name: "lamp" },
    nodeName: "pi",
    protocol: { protocolName: "gpio", configData: {} },
    properties: [{ name: "power", desired: { value: power }, visitors: { protocolName: "gpio", configData: { pin } } }],
    ...spec,
  },
});
const yaml = (...objects: readonly object[]) => objects.map((object) => stringify(object)).join("---\n");

let cluster: TestCluster;
let edge: EdgePeer;
let home: string;

before(async () => {
  cluster = await startTestCluster();
  home = await mkdtemp(join(tmpdir(), "edgetwin-kubectl-"));
  const bridge = await cluster.bridge();
  await cluster.client.create(resourceTypes.nodes, { apiVersion: "v1", kind: "Node", metadata: { name: "pi" } });
  const credential = await nodeCredential(await cluster.authority(), "pi");
  edge = await connectEdge({ node: "pi", port: bridge.ports.edges, credential });
});

after(async () => {
  edge[Symbol.dispose]();
  await cluster[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const ok = ({ code, out, error }: Printed): string => {
  assert.equal(code, 0, `${out}${error}`);
  return out;
};

/** Reports a value, as the edge does after it switched. */
function report(name: string, value: string): void {
  const timestamp = Date.now();
  const twin = new Map([["power", { actual: { value, timestamp }, expected: { value, timestamp } }]]);
  edge.say(twinReport, { namespace: "default", name, eventId: "", timestamp, twin });
}

for (const [at, program] of kubectlPrograms.entries()) {
  describe(`${program}`, () => {
    let run: Kubectl;
    const name = `lamp-${at}`;
    const pin = 17 + at;

    before(() => {
      run = kubectl(program, { kubeconfig: cluster.kubeconfig, home: join(home, String(at)) });
    });

    test("says which version it is, and the server has one that it understands", async (context) => {
      const printed = ok(await run("version"));
      assert.match(printed, /Server Version/);
      context.diagnostic(printed.split("\n")[0] ?? "");
    });

    test("lists what is served", async () => {
      const printed = ok(await run("api-resources --api-group devices.kubeedge.io"));
      assert.match(printed, /devicemodels .*DeviceModel/);
      assert.match(printed, /devices .*Device/);
      assert.equal(ok(await run("auth can-i create devices")).trim(), "yes");
    });

    test("applies a file, and applies it again without a change", async () => {
      const file = yaml(model, device(name, { pin }));
      const first = ok(await run("apply -f -", file));
      assert.match(first, new RegExp(`device.devices.kubeedge.io/${name} created`));
      const again = ok(await run("apply -f -", file));
      assert.match(again, new RegExp(`devicemodel.devices.kubeedge.io/lamp unchanged\\n.*/${name} unchanged`));
    });

    test("gets tables with the columns of the definition, more of them with -o wide", async () => {
      const plain = ok(await run(`get devices ${name}`)).split("\n");
      const wide = ok(await run(`get devices ${name} -o wide`)).split("\n");
      assert.match(plain[0] ?? "", /^NAME .*NODE.* AGE/);
      assert.match(plain[1] ?? "", new RegExp(`^${name} .*\\bpi\\b`));
      assert.ok((wide[0]?.length ?? 0) >= (plain[0]?.length ?? 0));
      assert.equal(ok(await run(`get device ${name} -o jsonpath={.spec.nodeName}`)), "pi");
    });

    test("patches with a merge and with JSON Patch", async () => {
      const merge = JSON.stringify({ spec: { properties: device(name, { power: "true", pin }).spec.properties } });
      assert.match(ok(await run(`patch device ${name} --type merge -p '${merge}'`)), /patched\n$/);
      const patch = JSON.stringify([{ op: "replace", path: "/spec/properties/0/desired/value", value: "false" }]);
      assert.match(ok(await run(`patch device ${name} --type json -p '${patch}'`)), /patched\n$/);
      const path = "{.spec.properties[0].desired.value}";
      assert.equal(ok(await run(`get device ${name} -o jsonpath=${path}`)), "false");
    });

    test("edits", async () => {
      const script = "'s/pin: [0-9]*/pin: 5/'";
      assert.match(ok(await run(`edit device ${name}`, script)), /edited\n$/);
      const path = "{.spec.properties[0].visitors.configData.pin}";
      assert.equal(ok(await run(`get device ${name} -o jsonpath=${path}`)), "5");
    });

    test("labels, annotates, and finds by label and by field", async () => {
      assert.match(ok(await run(`label device ${name} room=kitchen`)), /labeled/);
      assert.match(ok(await run(`annotate device ${name} note=warm`)), /annotated/);
      assert.equal(
        ok(await run(`get devices -l room=kitchen,room!=hall -o name`)).trim(),
        `device.devices.kubeedge.io/${name}`,
      );
      assert.equal(ok(await run(`get devices -l 'room in (hall)' -o name`)).trim(), "");
      assert.equal(
        ok(await run(`get devices --field-selector metadata.name=${name} -o name`)).trim(),
        `device.devices.kubeedge.io/${name}`,
      );
      assert.match(ok(await run(`label device ${name} room-`)), /labeled|unlabeled/);
    });

    test("applies on the server's side, tells conflicts, and takes over when it is told to", async () => {
      const changed = yaml(device(name, { pin: 6, labels: { floor: "1" } }));
      const refused = await run("apply --server-side --field-manager other -f -", changed);
      assert.equal(refused.code, 1);
      assert.match(refused.error, /conflict with "kubectl/);
      const taken = ok(await run("apply --server-side --field-manager other --force-conflicts -f -", changed));
      assert.match(taken, /serverside-applied\n$/);
    });

    test("shows what would change, and changes nothing with a dry run", async () => {
      const other = yaml(device(name, { pin: 7, labels: { floor: "2" } }));
      const { code, out } = await run("diff --server-side --force-conflicts --field-manager other -f -", other);
      assert.equal(code, 1);
      assert.match(out, /^-\s+floor: "1"$/m);
      assert.match(out, /^\+\s+floor: "2"$/m);
      assert.match(ok(await run("create --dry-run=server -f -", yaml(device(`${name}-dry`, { pin: 8 })))), /dry run/);
      assert.equal((await run(`get device ${name}-dry`)).code, 1);
    });

    test("explains every field", async () => {
      const printed = ok(await run("explain device.spec.properties"));
      assert.match(printed, /desired/);
      assert.match(printed, /visitors/);
    });

    test("refuses a field that is not there, and what does not fit the model, and says where", async () => {
      const wrong = await run("apply -f -", yaml(device(`${name}-x`, { pin: 9, spec: { nodName: "pi" } })));
      assert.equal(wrong.code, 1);
      assert.match(wrong.error, /nodName/);
      const visitors = { protocolName: "gpio", configData: { pin: 9 } };
      const properties = [{ name: "power", desired: { value: "PURPLE" }, visitors }];
      const unfit = await run("apply -f -", yaml(device(`${name}-x`, { spec: { properties } })));
      assert.equal(unfit.code, 1);
      assert.match(unfit.error, /spec\.properties\[0\]\.desired\.value: .*PURPLE/);
    });

    test("watches", async () => {
      const watching = run.start(`get device ${name} -w -o jsonpath={.spec.properties[0].desired.value}{"\\n"}`);
      assert.equal(await watching.line(), "false");
      const patch = JSON.stringify([{ op: "replace", path: "/spec/properties/0/desired/value", value: "true" }]);
      ok(await run(`patch device ${name} --type json -p '${patch}'`));
      let line = "";
      while (line !== "true") line = await watching.line();
      watching.child.kill();
    });

    test("waits until the edge has applied a desired value", async () => {
      // What it reports before it was told counts for the value before.
      const isTold = ({ content }: Envelope) => JSON.stringify(content).includes('"desired":{"value":"true"}');
      while (!isTold(await edge.object(`device/${name}`)));
      const waiting = run(`wait --for=condition=Applied device/${name} --timeout=60s`);
      report(name, "true");
      assert.match(ok(await waiting), /condition met\n$/);
    });

    test("describes a device with its conditions", async () => {
      const printed = ok(await run(`describe device ${name}`));
      assert.match(printed, /Node Name: +pi/);
      assert.match(printed, /Type: +Applied/);
      assert.match(printed, /^Events:/m);
    });

    test("deletes, and knows that it is gone", async () => {
      assert.match(ok(await run(`delete device ${name}`)), /deleted/);
      const gone = await run(`get device ${name}`);
      assert.equal(gone.code, 1);
      assert.match(gone.error, /NotFound.*not found/);
    });

    test("builds the manifests with kustomize", async (context) => {
      const { clientVersion } = JSON.parse(ok(await run("version --client -o json"))) as {
        readonly clientVersion: { readonly minor: string };
      };
      if (Number.parseInt(clientVersion.minor, 10) < 21)
        return context.diagnostic("its kustomize is 2.0, of before components and directories");
      const folder = fileURLToPath(new URL("../../../manifests/cluster", import.meta.url));
      const printed = ok(await run(`kustomize ${folder}`));
      for (const kind of ["Deployment", "ClusterRole", "NetworkPolicy", "PodDisruptionBudget", "ServiceMonitor"])
        assert.match(printed, new RegExp(`^kind: ${kind}$`, "m"));
      assert.match(printed, /image: registry\.example\/edgetwin-bridge:0\.1\.0/);
      assert.match(printed, /bridge\.example/);
    });
  });
}
