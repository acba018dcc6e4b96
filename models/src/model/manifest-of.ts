import type { Model, Property, Safety } from "@edgetwin/mapper-sdk";
import { annotations } from "../annotations.ts";
import { toJsonText } from "../json-text.ts";
import { validateResource } from "../manifest/validate-resource.ts";
import type { DeviceModel, ModelProperty } from "../v1beta1.ts";
import { formatText } from "../values/format-text.ts";
import { toJson } from "../values/json.ts";
import { modelOf } from "./model-of.ts";

/** What a manifest says besides the model itself. */
export interface ManifestOptions {
  /** `spec.protocol`: the protocol of the model's devices that name none. */
  readonly protocol?: string;
  /** `metadata.namespace`; left out, the one that the manifest is applied to. */
  readonly namespace?: string;
}

/**
 * The v1beta1 DeviceModel of an SDK model, the inverse of {@link modelOf}: options become the annotation
 * `edgetwin.io/enums`, constants `edgetwin.io/default-values`, the safety envelope `edgetwin.io/safety`, closed loops `edgetwin.io/verify`.
 *
 * @throws ModelError `MANIFEST_INVALID` or `MODEL_INVALID` when the device API cannot say it: a name that Kubernetes does
 * not allow, options that differ in case only, a fail-safe value for a read-only property.
 */
export function manifestOf(model: Model, { protocol, namespace }: ManifestOptions = {}): DeviceModel {
  const properties = Object.entries(model.properties);
  const texts = annotationsOf(model);
  const manifest: DeviceModel = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: {
      name: model.name,
      ...(namespace !== undefined && { namespace }),
      ...(Object.keys(texts).length > 0 && { annotations: texts }),
    },
    spec: {
      ...(protocol !== undefined && { protocol }),
      properties: properties.map(([name, property]) => declarationOf(name, property)),
    },
  };
  validateResource(manifest);
  modelOf(manifest);
  return manifest;
}

function declarationOf(name: string, property: Property): ModelProperty {
  const { type, access, unit, description } = property;
  const minimum = boundText(property, "min");
  const maximum = boundText(property, "max");
  return {
    name,
    ...(description && { description }),
    type,
    accessMode: access === "rw" ? "ReadWrite" : "ReadOnly",
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(unit && { unit }),
  };
}

/** A bound as decimal text; undefined when there is none. The bounds of an INT are rounded towards its values. */
function boundText({ type, min, max }: Property, bound: "min" | "max"): string | undefined {
  const value = bound === "min" ? min : max;
  if (value === undefined || value === Infinity || value === -Infinity) return undefined;
  if (typeof value === "bigint") return formatText(value, type);
  if (type === "INT") return formatText(BigInt(bound === "min" ? Math.ceil(value) : Math.floor(value)), type);
  return formatText(type === "FLOAT" ? Math.fround(value) : value, type);
}

function annotationsOf({ properties, safety, verify }: Model): Record<string, string> {
  const all = Object.entries(properties);
  const enums = all.flatMap(([name, { options }]) => (options ? [[name, options] as const] : []));
  const constants = all.flatMap(([name, { constant, type }]) =>
    constant === undefined ? [] : [[name, toJson(constant, type)] as const],
  );
  return {
    ...(constants.length > 0 && { [annotations.defaultValues]: toJsonText(Object.fromEntries(constants)) }),
    ...(enums.length > 0 && { [annotations.enums]: toJsonText(Object.fromEntries(enums)) }),
    ...(verify && { [annotations.verify]: toJsonText(verify) }),
    ...(safety && { [annotations.safety]: toJsonText(safetyJson(safety, properties)) }),
  };
}

function safetyJson({ interlocks = [], failSafe }: Safety, properties: Model["properties"]): unknown {
  const valuesJson = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const property = properties[name] as Property; // defineModel has checked it
        return [name, toJson(property.toTwin(property.accept(value)), property.type)];
      }),
    );
  return {
    ...(interlocks.length > 0 && {
      interlocks: interlocks.map(({ never, because }) => ({
        never: valuesJson(never),
        ...(because !== undefined && { because }),
      })),
    }),
    ...(failSafe && { failSafe: valuesJson(failSafe) }),
  };
}
