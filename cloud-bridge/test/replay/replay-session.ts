import {
  acknowledgement,
  answer,
  type Envelope,
  keepalive,
  messageOf,
  parseEnvelope,
  refusal,
  wantsAcknowledgement,
} from "@edgetwin/cloud-protocol";
import { type RecordedLine, readRecording } from "@edgetwin/cloud-protocol/testing";
import { sessionRig } from "../../src/hub/testing/session-rig.ts";
import { RecordedCluster } from "./recorded-cluster.ts";

/** What CloudCore and our hub said in the same session. */
export interface Replayed {
  readonly recorded: readonly Envelope[];
  readonly ours: readonly Envelope[];
  /** Messages of the edge, by identity. */
  readonly asked: ReadonlyMap<string, Envelope>;
}

type Rig = ReturnType<typeof sessionRig>;
type Edge = ReturnType<Rig["connect"]>;

/** Connections that the hub turns away before they become sessions; see `admission.test.ts`. */
const refused: ReadonlySet<string> = new Set(["wrong-cn", "no-ConnectionUse"]);

const notFound = { ok: false, reason: "NotFound", code: 404, message: "not recorded" } as const;

const envelopeOf = (frame: unknown): Envelope => parseEnvelope(JSON.stringify(frame));

/** Waits until what was said has been stored and answered. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Plays what edges and operators did in recordings against our hub, in their time. Answers of the API come from the
 * recording, as do objects that are neither device nor model. Acknowledged is what was acknowledged then, and what
 * CloudCore did not say.
 */
export async function replay(names: readonly string[]): Promise<ReadonlyMap<string, Replayed>> {
  const rig = sessionRig();
  const cluster = new RecordedCluster(rig.content);
  const result = new Map<string, Replayed>();
  const edges = new Map<string, Edge>();
  for (const name of names) result.set(name, await replayOne(rig, { name, cluster, edges }));
  return result;
}

async function replayOne(
  rig: Rig,
  {
    name,
    cluster,
    edges,
  }: { readonly name: string; readonly cluster: RecordedCluster; readonly edges: Map<string, Edge> },
): Promise<Replayed> {
  const lines = await readRecording(name);
  const recorded = lines.filter(({ dir, frame }) => dir === "down" && frame).map(({ frame }) => envelopeOf(frame));
  const asked = new Map<string, Envelope>();
  const answers = new Map(
    recorded.flatMap((down) => (down.header.parentId ? [[down.header.parentId, down] as const] : [])),
  );
  const silent = neverAcknowledged(lines, recorded);
  const ours: Envelope[] = [];
  /** Takes what the hub said, and acknowledges it unless the recorded edge was silent about that object. */
  const take = async () => {
    for (let more = true; more; ) {
      await settled();
      more = false;
      for (const edge of edges.values()) {
        for (const frame of edge.taken({ hints: true })) {
          ours.push(frame);
          if (!wantsAcknowledgement(frame) || silent.has(frame.route.resource)) continue;
          edge.acknowledge(frame);
          more = true;
        }
      }
    }
  };
  const nodes = new Map<string, string>();
  let now = 0;
  let edgeTime = 0;
  if (!lines.some(({ event }) => event === "open") && edges.size === 0) edges.set("", rig.connect({ node: "rec-1" }));
  for (const line of lines) {
    for (; now + 1000 <= line.t; now += 1000) {
      await rig.clock.advance(1000);
      for (const edge of edges.values()) {
        // Recordings leave most of them out.
        edge.say(keepalive, {}, edgeTime);
        edge.session.tick();
      }
      await take();
    }
    const { conn = "", event, frame, dir } = line;
    if (event === "connect") nodes.set(conn, nodeOf(line));
    const node = nodes.get(conn) ?? "rec-1";
    if (refused.has(conn)) continue;
    if (event === "open") {
      for (const [other, edge] of edges) if (edge.session.node === node) leave(edges, other);
      edges.set(conn, rig.connect({ node }));
    }
    if (event === "close") leave(edges, conn);
    cluster.take(line);
    if (frame && dir === "down") bringOther(rig, envelopeOf(frame), node);
    if (frame && dir === "up") {
      const envelope = envelopeOf(frame);
      edgeTime = Math.max(edgeTime, envelope.header.timestamp);
      asked.set(envelope.header.id, envelope);
      const edge = edges.get(conn) ?? [...edges.values()][0];
      const kind = messageOf("edge", envelope);
      const answered = answers.get(envelope.header.id);
      rig.events.answer = () => (answered ? answer.read(answered).result : notFound);
      if (kind !== acknowledgement && kind !== refusal) edge?.receive(envelope);
      else if (silent.has(envelope.route.resource))
        edge?.acknowledge(ours.findLast(isChangeOf(envelope.route.resource)));
    }
    await take();
  }
  return { recorded, ours, asked };
}

const isChangeOf = (resource: string) => (frame: Envelope) =>
  frame.route.resource === resource && wantsAcknowledgement(frame);

function leave(edges: Map<string, Edge>, conn: string): void {
  edges.get(conn)?.leave();
  edges.delete(conn);
}

function nodeOf({ request }: RecordedLine): string {
  const { headers } = request as { readonly headers: Readonly<Record<string, string>> };
  const [, node = ""] = Object.entries(headers).find(([name]) => name.toLowerCase() === "node_id") ?? [];
  return node;
}

/** Objects of which a message was not acknowledged. */
function neverAcknowledged(lines: readonly RecordedLine[], recorded: readonly Envelope[]): ReadonlySet<string> {
  const acknowledged = new Set(
    lines.flatMap(({ dir, frame }) => (dir === "up" && frame ? [envelopeOf(frame).header.parentId] : [])),
  );
  const silent = recorded.filter((frame) => wantsAcknowledgement(frame) && !acknowledged.has(frame.header.id));
  return new Set(silent.map(({ route }) => route.resource));
}

/** What controllers other than that of devices did, as seen in what CloudCore sent. */
function bringOther(rig: Rig, { header, route, content }: Envelope, node: string): void {
  const [namespace = "", type = "", name = ""] = route.resource.split("/");
  if (!["node", "configmap", "secret"].includes(type) || header.parentId !== undefined) return;
  const path = { ...(namespace !== "null" && { namespace }), type, name };
  if (route.operation === "delete") rig.content.remove(node, route.resource);
  else rig.content.put(node, path, content as Readonly<Record<string, unknown>>);
}
