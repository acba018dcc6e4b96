import { badRequest, unsupportedMediaType } from "../failures.ts";

/** What imperative commands of kubectl send for built-in kinds, whatever the server would rather have. */
export const protobufType = "application/vnd.kubernetes.protobuf";

type Shape = {
  readonly [field: number]: readonly [
    name: string,
    of: "text" | "bytes" | "flag" | "texts" | "map" | "bytesMap" | Shape,
  ];
};

const metadata: Shape = {
  1: ["name", "text"],
  2: ["generateName", "text"],
  3: ["namespace", "text"],
  11: ["labels", "map"],
  12: ["annotations", "map"],
};

/** Field numbers of k8s.io/api, of the kinds that kubectl makes itself. */
const shapes: Readonly<Record<string, Shape>> = {
  Namespace: { 1: ["metadata", metadata] },
  ConfigMap: { 1: ["metadata", metadata], 2: ["data", "map"], 3: ["binaryData", "bytesMap"], 4: ["immutable", "flag"] },
  Secret: {
    1: ["metadata", metadata],
    2: ["data", "bytesMap"],
    3: ["type", "text"],
    4: ["stringData", "map"],
    5: ["immutable", "flag"],
  },
  SelfSubjectReview: { 1: ["metadata", metadata] },
  SelfSubjectRulesReview: { 1: ["metadata", metadata], 2: ["spec", { 1: ["namespace", "text"] }] },
  SelfSubjectAccessReview: {
    1: ["metadata", metadata],
    2: [
      "spec",
      {
        1: [
          "resourceAttributes",
          {
            1: ["namespace", "text"],
            2: ["verb", "text"],
            3: ["group", "text"],
            4: ["version", "text"],
            5: ["resource", "text"],
            6: ["subresource", "text"],
            7: ["name", "text"],
          },
        ],
        2: ["nonResourceAttributes", { 1: ["path", "text"], 2: ["verb", "text"] }],
      },
    ],
  },
};

const magic = Buffer.from("k8s\0");
const envelope: Shape = { 1: ["typeMeta", { 1: ["apiVersion", "text"], 2: ["kind", "text"] }], 2: ["raw", "bytes"] };

/**
 * Reads an object in the protobuf of Kubernetes.
 *
 * @throws BridgeError `KUBERNETES`: 400 for bytes that are none, 415 for a kind that is only taken as JSON or YAML.
 */
export function decodeProtobuf(body: Buffer): Record<string, unknown> {
  if (!body.subarray(0, 4).equals(magic))
    throw badRequest("the body is not the protobuf of Kubernetes: its first bytes are not k8s\\0");
  const { typeMeta = {}, raw } = decode(body.subarray(4), envelope) as {
    typeMeta?: Record<string, string>;
    raw?: Buffer;
  };
  const shape = Object.hasOwn(shapes, typeMeta.kind ?? "") ? shapes[typeMeta.kind ?? ""] : undefined;
  if (!shape) throw unsupportedMediaType("application/json, application/yaml");
  return { metadata: {}, ...decode(raw ?? Buffer.alloc(0), shape), ...typeMeta };
}

function decode(bytes: Buffer, shape: Shape): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { field, value } of fieldsIn(bytes)) {
    const [name, of] = shape[field] ?? [];
    if (name === undefined || of === undefined) continue;
    if (of === "flag") found[name] = value === 1;
    else if (typeof value === "number") continue;
    else if (of === "text") found[name] = value.toString("utf8");
    else if (of === "bytes") found[name] = value;
    else if (of === "texts") found[name] = [...((found[name] as string[] | undefined) ?? []), value.toString("utf8")];
    else if (of === "map" || of === "bytesMap") {
      const entry = decode(value, { 1: ["key", "text"], 2: ["value", of === "map" ? "text" : "bytes"] });
      const content = entry.value ?? "";
      const text = Buffer.isBuffer(content) ? content.toString("base64") : content;
      found[name] = { ...(found[name] as object | undefined), [String(entry.key ?? "")]: text };
    } else found[name] = decode(value, of);
  }
  return found;
}

function* fieldsIn(bytes: Buffer): Generator<{ readonly field: number; readonly value: Buffer | number }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63) throw badRequest("the protobuf of the body is cut off");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    const field = Math.floor(tag / 8);
    if (wire === 0) yield { field, value: varint() };
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) throw badRequest("the protobuf of the body is cut off");
      yield { field, value: bytes.subarray(at, at + length) };
      at += length;
    } else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else throw badRequest(`the protobuf of the body has wire type ${wire}, which is not understood`);
  }
}
