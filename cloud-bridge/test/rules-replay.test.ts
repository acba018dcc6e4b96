import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type Envelope, parseEnvelope, serviceReply, topicUpload } from "@edgetwin/cloud-protocol";
import { type RecordedLine, readRecording } from "@edgetwin/cloud-protocol/testing";
import { openRestEntry } from "../src/router/rest-entry.ts";
import { routerRig } from "../src/router/testing/router-rig.ts";

/** A request that the target of a rule got, and what it was told to answer. */
interface Target {
  readonly server: Server;
  readonly got: { readonly method: string; readonly path: string; readonly body: string }[];
}

async function target(port: number): Promise<Target> {
  const got: Target["got"] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      body += piece;
    });
    request.on("end", () => {
      got.push({ method: request.method ?? "", path: request.url ?? "", body });
      response.end("target-ok");
    });
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return { server, got };
}

/** Without identity and time, and without what an HTTP client adds by itself. */
function comparable({ route, content }: Envelope): unknown {
  const { header, ...rest } = (typeof content === "object" && content !== null ? content : {}) as Record<
    string,
    unknown
  >;
  const headers = Object.entries((header ?? {}) as Record<string, unknown>)
    .map(([name, value]): [string, unknown] => [name.toLowerCase(), value])
    .filter(([name]) => ["x-test", "content-length"].includes(name));
  return { route, content: header ? { ...rest, header: Object.fromEntries(headers) } : content };
}

test("the router does what CloudCore's did in the recorded session", async () => {
  const lines = await readRecording("cloudcore-session-rules");
  await using rig = routerRig();
  const { router, sent } = rig;
  const { server, got } = await target(0);
  const targetPort = String((server.address() as AddressInfo).port);
  await using entry = await openRestEntry({
    ...{ host: "127.0.0.1", port: 0, longestBodyBytes: 1024 },
    answer: (request) => router.request(request),
  });
  rig.online.add("rec-1");
  router.connected("rec-1");
  let seen = 0;
  let pending: Promise<Response> | undefined;
  const differences: string[] = [];
  const skipped = new Set<RecordedLine>();
  const nextSent = async (): Promise<Envelope> => {
    while (sent.length <= seen) await new Promise<void>((resolve) => setImmediate(resolve));
    seen += 1;
    const { envelope } = sent[seen - 1] as (typeof sent)[number];
    if (envelope.route.resource !== "tele/t1") return envelope;
    // Ours alone: a topic without namespace leads nowhere, and the edge is told so.
    assert.equal(envelope.route.operation, "unsubscribe");
    return await nextSent();
  };
  const ids = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const { api, http, dir, frame, to } = line;
    if (skipped.has(line)) continue;
    if (api) applied(rig, JSON.parse(JSON.stringify(api).replaceAll("18888", targetPort)) as RecordedLine);
    else if (http && to === "cloudcore-rest" && dir === "up") {
      const { method, path, body } = http as { method: string; path: string; body: string };
      pending = fetch(`http://127.0.0.1:${entry.port}${path}`, { method, body, headers: { "x-test": "1" } });
    } else if (http && to === "cloudcore-rest") {
      const response = await pending;
      const [status, text] = [response?.status, await response?.text()];
      if (status === http.status && text === http.body) continue;
      differences.push(`${http.status} ${String(http.body).split("\n")[0]} -> ${status} ${text?.trim()}`);
    } else if (http && dir === "down") {
      while (got.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      const { method, path, body } = http as { method: string; path: string; body: string };
      assert.deepEqual(got.shift(), { method, path, body });
    } else if (frame && dir === "down") {
      const recorded = parseEnvelope(JSON.stringify(frame));
      const ours = await nextSent();
      ids.set(recorded.header.id, ours.header.id);
      assert.deepEqual(comparable(ours), comparable(recorded), `line ${index}`);
    } else if (frame && dir === "up") {
      const envelope = parseEnvelope(JSON.stringify(frame));
      if (topicUpload.matches(envelope)) router.upload("rec-1", topicUpload.read(envelope));
      if (serviceReply.matches(envelope)) {
        const reply = serviceReply.read(envelope);
        router.reply("rec-1", { ...reply, parentId: ids.get(reply.parentId) ?? "" });
        // CloudCore asks the service again twice when it does not answer 200.
        if (reply.status !== 200) for (const again of lines.slice(index + 1, index + 5)) skipped.add(again);
      }
    }
  }
  server.close();
  assert.deepEqual(differences, [
    "404 Request error -> 404 no rule of namespace rec-wire has a path that /zzz begins with",
    "500 All attempts fail: -> 503 node rec-nobody is not connected",
    "500 All attempts fail: -> 404 app-reply",
  ]);
  assert.deepEqual(
    sent.slice(seen).map(({ envelope }) => envelope.route),
    [],
  );
});

function applied(rig: ReturnType<typeof routerRig>, { method, path, body }: RecordedLine): void {
  const name = String(path).split("/").at(-1) ?? "";
  const isEndpoint = String(path).includes("/ruleendpoints");
  if (method === "DELETE") return (isEndpoint ? rig.endpoints : rig.rules).remove(`rec-wire/${name}`);
  if (method !== "POST") return;
  const { metadata, spec } = body as {
    metadata: { name: string };
    spec: { ruleEndpointType: string; properties: Record<string, string> };
  };
  if (isEndpoint) rig.endpoint(metadata.name, spec.ruleEndpointType, spec.properties, "rec-wire");
  else rig.rule(metadata.name, spec, "rec-wire");
}
