import { answer, type Envelope, objectChange } from "@edgetwin/cloud-protocol";
import type { Replayed } from "./replay-session.ts";

/** Every difference between what CloudCore and our hub said, as one line each. Identities and times do not count. */
export function differences({ recorded, ours, asked }: Replayed): readonly string[] {
  return [...objectDifferences(recorded, ours), ...answerDifferences(recorded, ours, asked)];
}

/** Objects: which versions of each reached the edge, in their order; repetitions of the same message are one. */
function objectDifferences(recorded: readonly Envelope[], ours: readonly Envelope[]): readonly string[] {
  const theirs = changesOf(recorded);
  const own = changesOf(ours);
  return [...new Set([...theirs.keys(), ...own.keys()])].sort().flatMap((resource) => {
    const a = (theirs.get(resource) ?? []).join(" ");
    const b = (own.get(resource) ?? []).join(" ");
    return a === b ? [] : [`${resource}: CloudCore [${a}], hub [${b}]`];
  });
}

function changesOf(frames: readonly Envelope[]): ReadonlyMap<string, readonly string[]> {
  const changes = new Map<string, string[]>();
  for (const frame of frames) {
    if (!objectChange.matches(frame)) continue;
    const { operation, resourceVersion } = objectChange.read(frame);
    const one = operation === "delete" ? "gone" : String(resourceVersion);
    const all = changes.get(frame.route.resource) ?? [];
    changes.set(frame.route.resource, all);
    if (all.at(-1) !== one) all.push(one);
  }
  return changes;
}

/** Answers and confirmations: whether there is one, its route, and its content. */
function answerDifferences(
  recorded: readonly Envelope[],
  ours: readonly Envelope[],
  asked: ReadonlyMap<string, Envelope>,
): readonly string[] {
  const theirs = answersOf(recorded);
  const own = answersOf(ours);
  return [...asked].flatMap(([id, { route }]) => {
    const [a, b] = [theirs.get(id), own.get(id)];
    return a === b ? [] : [`${route.source} ${route.operation} ${route.resource}: CloudCore ${a}, hub ${b}`];
  });
}

function answersOf(frames: readonly Envelope[]): ReadonlyMap<string, string> {
  return new Map(
    frames.flatMap((frame) => {
      const { parentId } = frame.header;
      return parentId === undefined ? [] : [[parentId, `${Object.values(frame.route).join(" ")} ${contentOf(frame)}`]];
    }),
  );
}

/** Of an answer about an object what the API said, in the form in which it was written. */
function contentOf(frame: Envelope): string {
  const { content } = frame;
  if (!answer.matches(frame) || typeof content !== "object" || content === null) return JSON.stringify(content);
  const form = "Object" in content && "Err" in content ? "wrapped" : "bare";
  const { result } = answer.read(frame);
  return `${form} ${result.ok ? JSON.stringify(result.object) : `${result.reason} ${result.code} ${result.message}`}`;
}
