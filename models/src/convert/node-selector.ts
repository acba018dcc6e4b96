import { annotations } from "../annotations.ts";
import { parseJsonText, toJsonText } from "../json-text.ts";
import { type Fields, isObject, objectsOf, sameJson, textOf } from "./json.ts";
import { annotationOf } from "./metadata.ts";

/** The selector that says no more than the node's name, as KubeEdge's samples write it. */
const plainSelector = (node: string): Fields => ({
  nodeSelectorTerms: [{ matchExpressions: [{ key: "", operator: "In", values: [node] }] }],
});

/** What becomes of a `nodeSelector`: the node's name, and the text of an annotation where it says more than that. */
export function nodeToV1beta1(selector: unknown): { readonly nodeName?: string; readonly annotation?: string } {
  if (!isObject(selector)) return {};
  const nodeName = firstValue(selector);
  if (nodeName === undefined) return { annotation: toJsonText(selector) };
  return { nodeName, ...(!sameJson(selector, plainSelector(nodeName)) && { annotation: toJsonText(selector) }) };
}

/** The `nodeSelector` of a v1beta1 Device: the remembered one with the name that it has now, or a plain one. */
export function nodeFromV1beta1(device: Fields, nodeName: unknown): Fields | undefined {
  const name = textOf(nodeName);
  const remembered = remember(annotationOf(device, annotations.nodeSelector));
  if (!remembered) return name === undefined ? undefined : plainSelector(name);
  if (firstValue(remembered) === name) return remembered;
  return name === undefined ? undefined : plainSelector(name);
}

/** KubeEdge's controller takes the very first value literally, whatever key and operator say. */
function firstValue({ nodeSelectorTerms }: Fields): string | undefined {
  const [term] = objectsOf(nodeSelectorTerms);
  const [expression] = objectsOf(term?.matchExpressions);
  return Array.isArray(expression?.values) ? textOf(expression.values[0]) : undefined;
}

function remember(text: string | undefined): Fields | undefined {
  if (text === undefined) return undefined;
  try {
    const selector = parseJsonText(text);
    return isObject(selector) ? selector : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
