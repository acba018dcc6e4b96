import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type ApiObject, fieldsAt, isFields } from "../../src/api-server/api-object.ts";
import { readDefinitions } from "../../src/api-server/resources/custom-resources.ts";
import { startTestServer, type TestServer } from "../../src/api-server/testing/test-server.ts";
import { put } from "../../src/api-server/write/core.ts";
import { differences } from "./differences.ts";

/** A request to kube-apiserver 1.32.13 and its answer. */
interface Exchange {
  readonly from: string;
  readonly method: string;
  readonly path: string;
  readonly type?: string;
  readonly accept: string;
  readonly agent: string;
  readonly body?: unknown;
  readonly status: number;
  readonly warning?: string;
  readonly answer: unknown;
}

const recorded: Exchange[] = readFileSync(
  new URL("../../../test/fixtures/kube-apiserver.jsonl", import.meta.url),
  "utf8",
)
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Exchange);

/** The recorded server had KubeEdge's definitions, in which a Device has no status of its own. */
const definitions = readDefinitions().map((definition) => ({
  ...definition,
  spec: { ...definition.spec, versions: definition.spec.versions.map(({ subresources: _, ...version }) => version) },
}));

const ownValues = new Set(["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "continue"]);
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Without what differs on every run: uids, versions, times, made-up names, the order of causes. */
function comparable(value: unknown): unknown {
  if (typeof value === "string") {
    return value
      .replaceAll(uuid, "<uid>")
      .replaceAll(/(in record|UID in object meta:) \(?\w+\)?/g, "$1 <own>")
      .replaceAll(/\b(light-|Bad_)[a-z0-9]{5}\b/g, "$1<made>")
      .replaceAll(/(resourceVersion\\*":\\*")\d+/g, "$1<own>")
      .replaceAll(/(\\*"(?:creationTimestamp|time)\\*":\\*")[^"\\]+/g, "$1<own>");
  }
  if (Array.isArray(value)) return value.map(comparable);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    if (ownValues.has(key) && (typeof item === "string" || item === null)) return [key, "<own>"];
    // kube-apiserver says some causes twice, and several in any order.
    if (key === "causes" && Array.isArray(item)) {
      return [key, [...new Set(item.map((cause) => JSON.stringify(sorted(comparable(cause)))))].sort()];
    }
    // In the order of their times, and then of their names: within one second here, over several there.
    if (key === "managedFields" && Array.isArray(item)) {
      return [key, item.map((entry) => JSON.stringify(comparable(entry))).sort()];
    }
    return [key, comparable(item)];
  });
  const result = Object.fromEntries(entries);
  // The message repeats the causes in their order.
  const causes = fieldsAt(result, "details").causes;
  if (Array.isArray(causes) && causes.length > 1) result.message = "<causes>";
  return sorted(result);
}

const sorted = (value: unknown): unknown =>
  isFields(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

/** Replays what one recording has, translating the uids and versions of then into those of now. */
class Replay {
  readonly #api: TestServer;
  readonly #now = new Map<string, string>();
  readonly #seen = new Set<string>();
  readonly #versions = new Map<string, string>();

  constructor(api: TestServer) {
    this.#api = api;
  }

  async send({ method, path, type, accept, agent, body }: Exchange) {
    const text =
      body === undefined ? undefined : this.#translate(typeof body === "string" ? body : JSON.stringify(body));
    return this.#api.send(method, this.#translate(path), {
      accept: accept || "*/*",
      headers: { "user-agent": `${agent}/v1` },
      ...(text !== undefined && { body: text, type: type ?? "" }),
    });
  }

  /** What the recording began with is put there when it is first read, alone or in a list. */
  seed({ answer, path, status, method }: Exchange): void {
    if (status !== 200 || method === "DELETE" || !isFields(answer)) return;
    const { core } = this.#api.server;
    const [, , , version = "", , , plural = ""] = (path.split("?")[0] ?? "").split("/");
    const resource = core.registry.find("devices.kubeedge.io", version, plural);
    if (!resource) return;
    for (const object of (Array.isArray(answer.items) ? answer.items : [answer]) as ApiObject[]) {
      const { name = "", namespace = "" } = object.metadata;
      const now = this.#translate(name);
      const id = `${plural}/${now}`;
      if (object.kind !== resource.kind || this.#seen.has(id)) continue;
      this.#seen.add(id);
      if (core.storage.get({ resource: resource.storedAs, namespace, name: now })) continue;
      put(core, { resource, namespace, name: now }, { type: "ADDED", object: structuredClone(object) });
    }
  }

  learn(then: unknown, now: unknown): void {
    const [was, is] = [fieldsAt(then, "metadata"), fieldsAt(now, "metadata")];
    for (const key of ["uid", "name"])
      if (was[key] && is[key] && was[key] !== is[key]) this.#now.set(String(was[key]), String(is[key]));
    if (was.resourceVersion && is.resourceVersion)
      this.#versions.set(String(was.resourceVersion), String(is.resourceVersion));
    const items = fieldsAt(then).items;
    if (!Array.isArray(items)) return;
    for (const [index, item] of items.entries())
      this.learn(item, (fieldsAt(now).items as unknown[] | undefined)?.[index]);
  }

  #translate(text: string): string {
    let result = text;
    for (const [was, is] of this.#now) result = result.replaceAll(was, is);
    const version = (_: string, before: string, number: string, after: string) =>
      `${before}${this.#versions.get(number) ?? number}${after}`;
    return result
      .replaceAll(/("resourceVersion":\s*")(\d+)(")/g, version)
      .replaceAll(/("path":\s*"\/metadata\/resourceVersion",\s*"value":\s*")(\d+)(")/g, version);
  }
}

const describe = ({ method, path, body }: Exchange) => `${method} ${path} ${JSON.stringify(body ?? "").slice(0, 200)}`;

for (const from of new Set(recorded.map((exchange) => exchange.from))) {
  test(`answers as kube-apiserver did: ${from}`, async () => {
    await using api = await startTestServer({ definitions });
    await api.send("POST", "/api/v1/namespaces", {
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "rec-kubectl" } },
    });
    const replay = new Replay(api);
    const wrong: object[] = [];
    for (const exchange of recorded.filter((one) => one.from === from)) {
      replay.seed(exchange);
      const answer = await replay.send(exchange);
      await api.server.collected();
      replay.learn(exchange.answer, answer.body);
      const accepted = differences.find(({ applies }) => applies({ ...exchange, answered: answer }));
      const now: unknown = typeof exchange.answer === "string" ? answer.text : answer.body;
      const [want, got] = [
        { status: exchange.status, warning: exchange.warning ?? null, answer: comparable(exchange.answer) },
        { status: answer.status, warning: answer.headers.get("warning"), answer: comparable(now) },
      ].map((of) => JSON.stringify(of));
      if (want !== got && !accepted) wrong.push({ request: describe(exchange), want, got });
    }
    assert.deepEqual(wrong, []);
  });
}

test("docs/reference/standalone-api.md names every difference that is accepted", () => {
  const page = readFileSync(new URL("../../../../docs/reference/standalone-api.md", import.meta.url), "utf8");
  const section = page.split(/^## /m).find((text) => text.startsWith("Differences")) ?? "";
  const names = [...section.matchAll(/^\| ([a-z][^|]+?) \|/gm)].map(([, name]) => name);
  assert.deepEqual(names, ["difference", ...differences.map(({ name }) => name)]);
});
