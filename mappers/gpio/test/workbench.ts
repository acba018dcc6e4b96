import { readFile } from "node:fs/promises";
import { type DeviceConfig, defineModel, type Model, type Property, p } from "@edgetwin/mapper-sdk";

interface ManifestProperty {
  readonly name: string;
  readonly type: string;
  readonly accessMode: string;
  readonly minimum?: string;
  readonly maximum?: string;
  readonly visitors?: { readonly configData?: Readonly<Record<string, unknown>> };
}

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly deviceModelRef?: { readonly name: string };
    readonly protocol?: { readonly protocolName: string; readonly configData?: unknown };
    readonly properties: readonly ManifestProperty[];
  };
}

/** A manifest of this package, by file name. */
export async function manifest(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(new URL(`../../manifests/${name}.json`, import.meta.url), "utf8"));
}

/** The model of a v1beta1 DeviceModel, as far as the example needs it. */
export function modelOf({ metadata, spec }: Manifest): Model {
  return defineModel(
    metadata.name,
    Object.fromEntries(spec.properties.map((property) => [property.name, propertyOf(property)])),
  );
}

/** The configuration of a v1beta1 Device. */
export function configOf({ spec }: Manifest): DeviceConfig {
  return {
    connection: spec.protocol?.configData,
    visitors: Object.fromEntries(spec.properties.map(({ name, visitors }) => [name, visitors?.configData])),
  };
}

function propertyOf({ type, accessMode, minimum, maximum }: ManifestProperty): Property {
  const access = accessMode === "ReadWrite" ? ("rw" as const) : ("r" as const);
  const range = { ...(minimum && { min: Number(minimum) }), ...(maximum && { max: Number(maximum) }) };
  switch (type) {
    case "BOOLEAN":
      return p.boolean({ access });
    case "STRING":
      return p.string({ access });
    case "INT":
      return p.int({ access, ...range });
    case "FLOAT":
      return p.float({ access, ...range });
    default:
      throw new TypeError(`the example has no ${type}`);
  }
}
