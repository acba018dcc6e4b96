import { isFields, sameJson } from "../api-object.ts";
import { badRequest, unprocessable } from "../failures.ts";

/** kube-apiserver takes no more operations in one patch. */
const maxOperations = 10_000;

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

const refused = () => unprocessable("the server rejected our request due to an error in our request");

/**
 * RFC 6902. Changes nothing that it is given.
 *
 * @throws BridgeError `KUBERNETES`: 400 when it is no patch, 422 when a test fails or a path is not there.
 */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch) || !patch.every(isOperation)) {
    const what = Array.isArray(patch) ? "list" : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${what} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (patch.length > maxOperations) {
    throw badRequest(`The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`);
  }
  const root = { document: structuredClone(target) };
  for (const operation of patch) carryOut(root, operation);
  return root.document;
}

const isOperation = (value: unknown): value is Operation =>
  isFields(value) && typeof value.op === "string" && typeof value.path === "string";

function carryOut(root: { document: unknown }, { op, path, from = "", value }: Operation): void {
  if (op === "add") add(root, path, structuredClone(value));
  else if (op === "remove") remove(root, path);
  else if (op === "replace") {
    // Like kube-apiserver, a member that is not there is added; an item of a list has to be there.
    if (path !== "" && isThere(root, path)) remove(root, path);
    add(root, path, structuredClone(value));
  } else if (op === "move") add(root, path, remove(root, from));
  else if (op === "copy") add(root, path, structuredClone(read(root, from)));
  else if (op === "test") {
    if (!sameJson(read(root, path), value)) throw refused();
  } else throw badRequest(`error decoding patch: Unexpected kind: ${op}`);
}

function stepsOf(path: string): string[] {
  if (path === "") return [];
  if (!path.startsWith("/")) throw refused();
  return path
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function indexOf(list: readonly unknown[], step: string, { end = false } = {}): number {
  if (end && step === "-") return list.length;
  const index = /^(0|[1-9]\d*)$/.test(step) ? Number(step) : Number.NaN;
  if (!(index < list.length + (end ? 1 : 0))) throw refused();
  return index;
}

function child(at: unknown, step: string): unknown {
  if (Array.isArray(at)) return at[indexOf(at, step)];
  if (!isFields(at) || !Object.hasOwn(at, step)) throw refused();
  return at[step];
}

const read = (root: { document: unknown }, path: string): unknown => stepsOf(path).reduce(child, root.document);

function parentOf(root: { document: unknown }, path: string): { parent: unknown; step: string } {
  const steps = stepsOf(path);
  return { parent: steps.slice(0, -1).reduce(child, root.document), step: steps.at(-1) as string };
}

function add(root: { document: unknown }, path: string, value: unknown): void {
  if (path === "") {
    root.document = value;
    return;
  }
  const { parent, step } = parentOf(root, path);
  if (Array.isArray(parent)) parent.splice(indexOf(parent, step, { end: true }), 0, value);
  else if (isFields(parent))
    Object.defineProperty(parent, step, { value, enumerable: true, writable: true, configurable: true });
  else throw refused();
}

/** @throws BridgeError `KUBERNETES` 422 for an item of a list that is not there. */
function isThere(root: { document: unknown }, path: string): boolean {
  const { parent, step } = parentOf(root, path);
  if (isFields(parent)) return Object.hasOwn(parent, step);
  child(parent, step);
  return true;
}

function remove(root: { document: unknown }, path: string): unknown {
  if (path === "") throw refused();
  const { parent, step } = parentOf(root, path);
  const value = child(parent, step);
  if (Array.isArray(parent)) parent.splice(indexOf(parent, step), 1);
  else delete (parent as Record<string, unknown>)[step];
  return value;
}
