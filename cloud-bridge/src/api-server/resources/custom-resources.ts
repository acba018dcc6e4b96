import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Fields } from "../api-object.ts";
import { columnsOf, type PrinterColumn } from "../print/columns.ts";
import { subdomainRule } from "../validation/names.ts";
import { anything, type Schema } from "../validation/schema.ts";
import { deviceConversion } from "./device-conversion.ts";
import { allVerbs, type ServedResource } from "./served-resource.ts";

/** A version of a definition. */
export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: { readonly openAPIV3Schema: Schema };
  readonly subresources?: { readonly status?: Fields };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

/** A CustomResourceDefinition, as far as it is read. */
export interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames?: readonly string[];
      readonly categories?: readonly string[];
    };
    readonly versions: readonly DefinitionVersion[];
  };
}

const files = [
  fileURLToPath(import.meta.resolve("@edgetwin/models/crds/devices.yaml")),
  fileURLToPath(import.meta.resolve("@edgetwin/models/crds/devicemodels.yaml")),
  fileURLToPath(import.meta.resolve("@edgetwin/models/crds/devicestatuses.yaml")),
  new URL("../../../../crds/rules.yaml", import.meta.url),
  new URL("../../../../crds/ruleendpoints.yaml", import.meta.url),
];

/** The first version that KubeEdge published; there never was a definition that its objects fit, so any fields do. */
const v1alpha1: DefinitionVersion = {
  name: "v1alpha1",
  served: true,
  storage: false,
  schema: {
    openAPIV3Schema: {
      description: "In the form of KubeEdge 1.0 to 1.3.",
      type: "object",
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { type: "object" },
        spec: { type: "object", ...anything },
        status: { type: "object", ...anything },
        data: { type: "object", ...anything },
      },
    },
  },
};

/** Every definition that the server has. */
export function readDefinitions(): Definition[] {
  return files.map((file) => {
    const definition = parse(readFileSync(file, "utf8")) as Definition;
    const { kind } = definition.spec.names;
    if (kind !== "Device" && kind !== "DeviceModel") return definition;
    return { ...definition, spec: { ...definition.spec, versions: [v1alpha1, ...definition.spec.versions] } };
  });
}

/** What a definition serves. */
export function resourcesOf({ metadata, spec }: Definition): ServedResource[] {
  const { names, group } = spec;
  return spec.versions
    .filter(({ served }) => served)
    .map((version) => ({
      ...{ shortNames: [], categories: [] },
      ...names,
      group,
      version: version.name,
      namespaced: spec.scope === "Namespaced",
      verbs: allVerbs,
      storedAs: metadata.name,
      schema: version.schema.openAPIV3Schema,
      columns: columnsOf(version.additionalPrinterColumns),
      hasGeneration: true,
      hasStatus: version.subresources?.status !== undefined,
      createsOnUpdate: false,
      selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, "")),
      nameRule: subdomainRule,
      ...(!version.storage && { conversion: deviceConversion(version.name) }),
    }));
}
