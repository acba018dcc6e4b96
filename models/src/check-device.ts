import {
  didYouMean,
  MapperError,
  type Model,
  type Property,
  sameValue,
  showValue,
  type Value,
} from "@edgetwin/mapper-sdk";
import { Findings } from "./findings.ts";
import type { Issue } from "./issue.ts";
import { modelOf } from "./model/model-of.ts";
import { verifyOf } from "./model/verify.ts";
import { checkReferences } from "./references.ts";
import type { Device, DeviceModel, DeviceProperty } from "./v1beta1.ts";
import { parseText } from "./values/parse-text.ts";

/**
 * Compares a device with its model, which nothing in KubeEdge does: properties exist and are there once, desired values
 * parse, are allowed and not read-only, and break no interlock, cycles are not negative, every property can be found on
 * the device. Issues carry the kind and name of the device; those with severity `error` must keep it from being used.
 *
 * @throws ModelError `MODEL_INVALID` when the model itself cannot be used.
 */
export function checkDevice(device: Device, model: DeviceModel): Issue[] {
  const findings = new Findings();
  const context = { device, declared: model, model: modelOf(model).model, findings };
  checkNames(context);
  checkReferences(device, findings);
  const desired = checkProperties(context);
  checkInterlocks(context, desired);
  verifyOf(device, { properties: context.model.properties, findings });
  const { namespace, name } = device.metadata;
  const resource = `Device ${namespace === undefined ? name : `${namespace}/${name}`}`;
  return findings.issues.map((issue) => ({ ...issue, resource }));
}

interface Context {
  readonly device: Device;
  readonly declared: DeviceModel;
  readonly model: Model;
  readonly findings: Findings;
}

function checkNames({ device, declared, findings }: Context): void {
  const { deviceModelRef, protocol, methods } = device.spec;
  if (deviceModelRef?.name !== declared.metadata.name) {
    const message = `refers to "${deviceModelRef?.name ?? ""}", not to this model; write "${declared.metadata.name}"`;
    findings.error({ path: "spec.deviceModelRef.name", value: deviceModelRef?.name, message });
  }
  const { protocolName } = protocol ?? {};
  const wanted = declared.spec.protocol;
  if (protocolName && wanted && protocolName !== wanted) {
    const message = `"${protocolName}" is not the protocol of the model, "${wanted}"; KubeEdge goes by the device's`;
    findings.warn({ path: "spec.protocol.protocolName", value: protocolName, message });
  }
  const names = (declared.spec.properties ?? []).map(({ name }) => name);
  for (const [index, method] of (methods ?? []).entries()) {
    const called = Array.isArray(method.propertyNames) ? method.propertyNames.map(String) : [];
    for (const name of called.filter((candidate) => !names.includes(candidate))) {
      const message = `the model has no property "${name}"${didYouMean(name, names)}`;
      findings.warn({ path: `spec.methods[${index}].propertyNames`, value: name, message });
    }
  }
}

/** Checks the properties one by one; returns the desired values that are right. */
function checkProperties({ device, declared, model, findings }: Context): Map<string, Value> {
  const desired = new Map<string, Value>();
  const seen = new Map<string, string>();
  const declarations = new Map((declared.spec.properties ?? []).map((property) => [property.name, property]));
  for (const [index, property] of (device.spec.properties ?? []).entries()) {
    const path = `spec.properties[${index}]`;
    const { name } = property;
    const first = seen.get(name);
    if (first !== undefined) {
      findings.error({
        path: `${path}.name`,
        value: name,
        message: `"${name}" is already at ${first}; remove one of them`,
      });
    }
    seen.set(name, path);
    checkCycles(property, { path, findings });
    const declaration = declarations.get(name);
    if (!declaration) {
      const message = `model "${model.name}" has no property "${name}"${didYouMean(name, [...declarations.keys()])}`;
      findings.error({ path: `${path}.name`, value: name, message });
      continue;
    }
    if (device.spec.protocol && !property.visitors && !declaration.visitors) {
      const message = `"${name}" has no visitors, so only a mapper that knows the model by itself can find it on the device`;
      findings.warn({ path: `${path}.visitors`, message });
    }
    const shape = Object.hasOwn(model.properties, name) ? model.properties[name] : undefined;
    const value = desiredOf(property, { path, findings, shape });
    if (value !== undefined) desired.set(name, value);
  }
  return desired;
}

interface PropertyContext {
  readonly path: string;
  readonly findings: Findings;
}

/** Go mappers die of a negative cycle. */
function checkCycles(property: DeviceProperty, { path, findings }: PropertyContext): void {
  for (const cycle of ["reportCycle", "collectCycle"] as const) {
    const value = property[cycle];
    if (value === undefined || value === null || value >= 0) continue;
    const message = `expected milliseconds from 0, got ${value}; to collect nothing write reportToCloud: false`;
    findings.error({ path: `${path}.${cycle}`, value, message });
  }
}

/** The desired value of a property; undefined when there is none or, with an error, when it is not allowed. */
function desiredOf(
  { name, desired }: DeviceProperty,
  { path, findings, shape }: PropertyContext & { readonly shape: Property | undefined },
): Value | undefined {
  const text = desired?.value;
  // KubeEdge's cloud writes empty text where nothing is desired.
  if (text === undefined || text === "") return undefined;
  const at = { path: `${path}.desired.value`, value: text };
  if (!shape) {
    findings.error({ ...at, message: `"${name}" is a STREAM, which has no value; remove "desired"` });
    return undefined;
  }
  if (shape.access === "r") {
    findings.error({ ...at, message: `"${name}" is read-only; remove "desired" or make it ReadWrite in the model` });
    return undefined;
  }
  try {
    return parseText(shape, text);
  } catch (error) {
    if (!(error instanceof MapperError)) throw error;
    findings.error({ ...at, message: error.message });
    return undefined;
  }
}

function checkInterlocks({ model, findings }: Context, desired: ReadonlyMap<string, Value>): void {
  for (const { never, because } of model.safety?.interlocks ?? []) {
    const entries = Object.entries(never) as [string, Value][];
    if (!entries.every(([name, value]) => sameValue(desired.get(name), value))) continue;
    const values = entries.map(([name, value]) => `${name}=${showValue(value)}`).join(" with ");
    const message = `the model forbids ${values}${because === undefined ? "" : `: ${because}`}; change one of them`;
    findings.error({ path: "spec.properties", message });
  }
}
