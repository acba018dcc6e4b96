import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments } from "yaml";
import { parseConfig } from "../src/config/config.ts";

const manifests = fileURLToPath(new URL("../../manifests", import.meta.url));

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  // biome-ignore lint/suspicious/noExplicitAny: manifests of a dozen kinds, read field by field.
  readonly [field: string]: any;
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
}

const documents = (file: string): readonly Manifest[] =>
  parseAllDocuments(readFileSync(file, "utf8"), { merge: true }).map((document) => {
    assert.deepEqual(document.errors, [], file);
    return document.toJS() as Manifest;
  });

/** Every file that a kustomization takes, itself included. */
function filesOf(directory: string): readonly string[] {
  const file = join(directory, "kustomization.yaml");
  const { resources = [], components = [], patches = [] } = parse(readFileSync(file, "utf8")) as Kustomization;
  const named = [...resources, ...components, ...patches.map(({ path }) => path)].map((path) => join(directory, path));
  return [file, ...named.flatMap((path) => (statSync(path).isDirectory() ? filesOf(path) : [path]))];
}

const base = filesOf(join(manifests, "base"))
  .filter((file) => !file.endsWith("kustomization.yaml"))
  .flatMap(documents);
const one = (kind: string, name = "edgetwin-bridge"): Manifest => {
  const found = base.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  assert.equal(found.length, 1, `${kind} ${name}`);
  return found[0] as Manifest;
};
const deployment = one("Deployment");
const pod = deployment.spec.template;
const [container] = pod.spec.containers;
const ports = new Map<string, number>(
  container.ports.map(({ name, containerPort }: { name: string; containerPort: number }) => [name, containerPort]),
);

test("every file of the manifests is taken by a kustomization, and every kustomization finds its files", () => {
  const all = readdirSync(manifests, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
  const taken = new Set(filesOf(join(manifests, "cluster")).map((file) => relative(manifests, file)));
  assert.deepEqual(
    all.filter((file) => !taken.has(file)),
    [],
  );
});

test("every definition of this release is installed", () => {
  const installed = base.filter(({ kind }) => kind === "CustomResourceDefinition").map(({ spec }) => spec.names.plural);
  assert.deepEqual(installed.sort(), ["devicemodels", "devices", "devicestatuses", "ruleendpoints", "rules"]);
});

test("the bridge understands the configurations, and listens where the Deployment says", () => {
  for (const file of ["base", "cluster"]) {
    const [map] = documents(join(manifests, file, "config.yaml"));
    const raw: unknown = parse(map?.data["config.yaml"]);
    const config = parseConfig(raw, { where: file, directory: "/", stateDirectory: "/" });
    assert.equal(config.kubernetes.use, "cluster");
    assert.equal(config.kubernetes.namespace, deployment.metadata.namespace);
    assert.deepEqual(
      [config.edges.port, config.edges.certificatePort, config.operations.port, config.admission.port],
      [ports.get("edges"), ports.get("certificates"), ports.get("operations"), ports.get("admission")],
    );
    assert.deepEqual([config.edges.host, config.operations.host], ["0.0.0.0", "0.0.0.0"]);
    if (config.admission.webhook) assert.equal(config.admission.host, "0.0.0.0");
    assert.equal(one("Service", config.admission.service).spec.ports.at(-1).port, config.admission.port);
  }
});

test("Services, policies and budgets select the pods, and their ports are the pods'", () => {
  const { labels } = pod.metadata;
  assert.deepEqual(deployment.spec.selector.matchLabels, labels);
  for (const service of [one("Service"), one("Service", "edgetwin-bridge-edges")]) {
    assert.deepEqual(service.spec.selector, labels);
    for (const { targetPort, port } of service.spec.ports) assert.equal(ports.get(targetPort), port);
  }
  assert.deepEqual(one("PodDisruptionBudget").spec.selector.matchLabels, labels);
  const policy = one("NetworkPolicy").spec;
  assert.deepEqual(policy.podSelector.matchLabels, labels);
  const open = policy.ingress.flatMap(({ ports }: Manifest) => ports.map(({ port }: { port: number }) => port));
  assert.deepEqual(open.sort(), [...ports.values()].sort());
  const [monitor] = documents(join(manifests, "monitoring", "service-monitor.yaml"));
  assert.deepEqual(monitor?.spec.selector.matchLabels, one("Service").metadata.labels);
  assert.ok(one("Service").spec.ports.some(({ name }: { name: string }) => name === monitor?.spec.endpoints[0].port));
});

test("pods run as nobody in particular, with a file system that cannot be written", () => {
  assert.equal(pod.spec.securityContext.runAsNonRoot, true);
  const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = container.securityContext;
  assert.deepEqual([allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities], [false, true, { drop: ["ALL"] }]);
  assert.equal(pod.spec.serviceAccountName, one("ServiceAccount").metadata.name);
  for (const kind of ["ClusterRoleBinding", "RoleBinding"])
    for (const { subjects } of base.filter((manifest) => manifest.kind === kind))
      assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "edgetwin-bridge", namespace: "kubeedge" }]);
});
