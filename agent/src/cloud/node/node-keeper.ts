import type { AnswerResult, KubernetesObject, ObjectPath, ObjectRequest } from "@edgetwin/cloud-protocol";
import { type Clock, delay, type Log } from "@edgetwin/mapper-sdk";
import { version } from "../../version.ts";
import { nodeObject, nodeStatus } from "./node-object.ts";

/** What keeps the Node of this machine. */
export interface NodeKeeperParts {
  readonly node: string;
  /** Whether to have a Node in the cloud at all; the session is probed all the same. */
  readonly register: boolean;
  ask(request: ObjectRequest): Promise<AnswerResult | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The cloud answered: the session is a real one. */
  readonly onProven: () => void;
}

const leaseMs = 10_000;
const statusMs = 120_000;
const leaseSeconds = 40;
/** Questions without an answer after which a session counts as refused: CloudHub leaves such a connection open. */
const patience = 3;

/**
 * Registers the Node, renews its lease and refreshes its status until `signal` aborts. The first question doubles as the
 * probe of the session, the lease as the probe from then on.
 *
 * @returns the reason when the cloud answers nothing any more.
 */
export async function keepNode(parts: NodeKeeperParts): Promise<string | undefined> {
  const { clock, signal } = parts;
  const since = clock.now();
  const facts = () => ({ node: parts.node, version, now: clock.now(), since });
  const path: ObjectPath = { type: "node", name: parts.node };
  let unanswered = 0;
  let statusAt = Number.NEGATIVE_INFINITY;
  let lease: KubernetesObject | undefined;
  const asked = async (request: ObjectRequest) => {
    const result = await parts.ask(request);
    unanswered = result === undefined ? unanswered + 1 : 0;
    if (result) parts.onProven();
    return result;
  };
  const round = async () => {
    const isDue = clock.monotonic() - statusAt >= statusMs;
    if (isDue) {
      const found = await asked({ operation: "query", path, content: null });
      if (found === undefined) return;
      if (!parts.register) {
        statusAt = clock.monotonic();
        return;
      }
      if (isMissing(found)) {
        const made = await asked({ operation: "insert", path, content: nodeObject(facts()) });
        if (made?.ok) parts.log.info("node registered", { node: parts.node });
        else if (made && made.reason !== "AlreadyExists")
          parts.log.warn("node not registered", { node: parts.node, reason: made.message });
      }
      const content = JSON.stringify({ status: nodeStatus(facts()) });
      const patched = await asked({ operation: "patch", path: { ...path, type: "nodepatch" }, content });
      if (patched?.ok) statusAt = clock.monotonic();
    }
    if (parts.register) lease = await renew(lease);
  };
  const renew = async (before: KubernetesObject | undefined): Promise<KubernetesObject | undefined> => {
    const leasePath = { namespace: "kube-node-lease", type: "lease", name: parts.node };
    const found = before ? undefined : await asked({ operation: "query", path: leasePath, content: null });
    if (before === undefined && found === undefined) return undefined;
    const held = before ?? (found?.ok ? found.object : undefined);
    const content = leaseObject(parts.node, clock.now(), held);
    const result = await asked({ operation: held ? "update" : "insert", path: leasePath, content });
    // Conflict, AlreadyExists, NotFound: somebody else changed it; the next round asks how it is.
    return result?.ok ? result.object : undefined;
  };
  while (!signal.aborted) {
    await round();
    if (signal.aborted) return undefined;
    if (unanswered >= patience)
      return `the cloud answered none of ${patience} questions: it may have refused this session`;
    await delay(clock, unanswered > 0 ? 1_000 : leaseMs, signal).catch(() => {});
  }
  return undefined;
}

const isMissing = (result: AnswerResult): boolean =>
  !result.ok && (result.reason === "NotFound" || result.code === 404);

function leaseObject(node: string, now: number, held: KubernetesObject | undefined): KubernetesObject {
  return {
    kind: "Lease",
    apiVersion: "coordination.k8s.io/v1",
    metadata: { ...held?.metadata, name: node, namespace: "kube-node-lease" } as never,
    spec: {
      holderIdentity: node,
      leaseDurationSeconds: leaseSeconds,
      renewTime: new Date(now).toISOString().replace("Z", "000Z"),
    },
  };
}
