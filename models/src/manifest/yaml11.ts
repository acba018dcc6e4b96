import type { Node, Scalar } from "yaml";
import type { Path } from "../schema/check.ts";

/** A scalar that YAML 1.1, which kubectl reads, understands differently. */
export interface AmbiguousScalar {
  readonly path: Path;
  readonly value: unknown;
  readonly message: string;
}

/** Plain words that are booleans in YAML 1.1 (yaml.org/type/bool.html) and text in YAML 1.2. */
const booleanWords = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;

/** An octal number in YAML 1.1, a decimal one in YAML 1.2. */
const leadingZero = /^[-+]?0[0-9]+$/;

/** Everything below `node`, keys included, that is one thing here and another for kubectl. */
export function* ambiguousScalars(
  yaml: typeof import("yaml"),
  node: Node,
  path: Path = [],
): Generator<AmbiguousScalar> {
  if (yaml.isScalar(node)) {
    const message = ambiguity(node);
    if (message !== undefined) yield { path, value: node.value, message };
  } else if (yaml.isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      if (yaml.isNode(item)) yield* ambiguousScalars(yaml, item, [...path, index]);
    }
  } else if (yaml.isMap(node)) {
    for (const { key, value } of node.items) {
      const below = [...path, String(yaml.isScalar(key) ? key.value : key)];
      if (yaml.isNode(key)) yield* ambiguousScalars(yaml, key, below);
      if (yaml.isNode(value)) yield* ambiguousScalars(yaml, value, below);
    }
  }
}

function ambiguity({ type, source, value }: Scalar): string | undefined {
  if (type !== "PLAIN" || source === undefined) return undefined;
  if (booleanWords.test(source))
    return `${source} without quotes is text here but a boolean to kubectl; write "${source}"`;
  if (typeof value !== "string" && leadingZero.test(source)) {
    return `${source} is ${String(value)} here but an octal number to kubectl; remove the zeros, or quote it if it is text`;
  }
  return undefined;
}
