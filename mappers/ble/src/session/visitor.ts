import { f, fields, type Output, type Schema } from "@edgetwin/mapper-sdk";
import { codecFields } from "@edgetwin/mapper-sdk/codecs";
import { uuidField } from "./connection.ts";

/** A characteristic, by UUID or by the name of a standard one; which names there are, the plan knows. */
const characteristic = f.custom('a UUID like "2a6e", or a name like "temperature"', (raw) =>
  typeof raw === "string" && raw.trim() !== "" ? raw.trim() : typeof raw === "number" ? String(raw) : undefined,
);

const nativeVisitor = fields({
  /** Of a sensor: which of its values; by default the name of the property. */
  value: f.optional(f.string()),
  characteristic: f.optional(characteristic),
  service: f.optional(uuidField),
  /** The property lives in a descriptor of the characteristic. */
  descriptor: f.optional(uuidField),
  /** Of a standard characteristic that says several things. */
  field: f.optional(f.string()),
  /** Whether the device is asked to push it; by default when it can. */
  push: f.optional(f.boolean()),
  /** Whether a write waits for the device; by default when it answers. */
  response: f.optional(f.boolean()),
  ...codecFields,
  type: f.optional(codecFields.type),
});

/** Bytes as KubeEdge's manifests carry them: a list of numbers, or base64. */
const bytesOf = (raw: unknown): Uint8Array | undefined => {
  if (Array.isArray(raw))
    return raw.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255) ? Uint8Array.from(raw) : undefined;
  return typeof raw === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(raw) && raw.length % 4 === 0
    ? Buffer.from(raw, "base64")
    : undefined;
};

const dataWrite = f.custom<ReadonlyMap<string, Uint8Array>>(
  "values with their bytes, like { ON: [1] } or base64",
  (raw) => {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
    const entries = Object.entries(raw).map(([value, bytes]) => [value, bytesOf(bytes)] as const);
    return entries.some(([, bytes]) => bytes === undefined) ? undefined : new Map(entries as [string, Uint8Array][]);
  },
);

const operations = f.custom<
  readonly { readonly operationType: "Add" | "Subtract" | "Multiply" | "Divide"; readonly operationValue: number }[]
>("a list of { operationType: Add, Subtract, Multiply or Divide, operationValue: a number }", (raw) => {
  if (!Array.isArray(raw)) return undefined;
  const steps = raw.map((step: { operationType?: unknown; operationValue?: unknown } | null) => ({
    operationType: String(step?.operationType) as "Add",
    operationValue: Number(step?.operationValue),
  }));
  const known = ["Add", "Subtract", "Multiply", "Divide"];
  return steps.every(
    ({ operationType, operationValue }) => known.includes(operationType) && Number.isFinite(operationValue),
  )
    ? steps
    : undefined;
});

const index = f.int({ min: 0, max: 511 });
const shift = f.optional(f.int({ min: 0, max: 63 }));

const kubeEdgeVisitor = fields({
  characteristicUUID: uuidField,
  dataWrite: f.optional(dataWrite),
  dataConverter: f.optional(
    f.object({
      startIndex: index,
      endIndex: index,
      shiftLeft: shift,
      shiftRight: shift,
      orderOfOperations: f.optional(operations),
    }),
  ),
  /** `kubeedge-legacy` converts as its mapper did, digit by digit; without it, as its documentation says. */
  decoder: f.optional(f.oneOf(["kubeedge-legacy"])),
});

/** A visitor in our own words. */
export type NativeVisitor = Output<typeof nativeVisitor>;
/** A visitor with the keys of KubeEdge's bluetooth protocol. */
export type KubeEdgeVisitor = Output<typeof kubeEdgeVisitor>;
/** Where a property lives: a value of a sensor, or a characteristic of a device. */
export type Visitor = NativeVisitor | KubeEdgeVisitor;

type Parsed<S> = S extends { "~standard": { readonly types?: infer T } } ? NonNullable<T> : never;

/** A visitor as authors may write it. */
export type BleVisitor =
  | Extract<Parsed<typeof nativeVisitor>, { readonly input: unknown }>["input"]
  | Extract<Parsed<typeof kubeEdgeVisitor>, { readonly input: unknown }>["input"];

const hasKubeEdgeKeys = (raw: unknown): boolean =>
  typeof raw === "object" && raw !== null && Object.hasOwn(raw, "characteristicUUID");

/** Takes our own settings, or KubeEdge's. */
export const visitor: Schema<BleVisitor, Visitor> = {
  "~standard": {
    version: 1,
    vendor: "edgetwin",
    validate: (raw) =>
      hasKubeEdgeKeys(raw)
        ? kubeEdgeVisitor["~standard"].validate(raw)
        : nativeVisitor["~standard"].validate(raw ?? {}),
  },
};
