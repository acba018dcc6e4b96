import type { KubernetesObject, Member } from "@edgetwin/cloud-protocol";
import { isJsonObject } from "./json-object.ts";
import type { WantedObject } from "./node-port.ts";

/** The key under which wanted objects are kept is their path on the wire. */
export const deviceKey = (device: { readonly namespace: string; readonly name: string }): string =>
  `${device.namespace}/device/${device.name}`;

/** Identity of an object; two objects of one name differ in it. */
export const uidOf = ({ object }: WantedObject): string => object.metadata?.uid ?? "";

/** A device as membership messages list it, or undefined for any other object. */
export function memberOf({ path, object }: WantedObject): Member | undefined {
  if (path.type !== "device") return undefined;
  const description = labelsOf(object).description;
  const id = `${path.namespace}/${path.name}`;
  return { id, name: path.name, ...(typeof description === "string" && { description }) };
}

/** The key of the model that a device uses, or undefined when it names none. */
export function modelKeyOf({ path, object }: WantedObject): string | undefined {
  if (path.type !== "device" || !isJsonObject(object.spec)) return undefined;
  const reference = object.spec.deviceModelRef;
  const name = isJsonObject(reference) ? reference.name : undefined;
  return typeof name === "string" ? `${path.namespace}/devicemodel/${name}` : undefined;
}

function labelsOf({ metadata }: KubernetesObject): Readonly<Record<string, unknown>> {
  const labels = (metadata as Readonly<Record<string, unknown>> | undefined)?.labels;
  return isJsonObject(labels) ? labels : {};
}
