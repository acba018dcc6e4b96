import type { Resource } from "../resource.ts";
import { type Fields, fieldsOf } from "./json.ts";

/**
 * What a conversion may look at besides the resource itself. Pass the same both ways: what is taken from here is
 * remembered as not having been there.
 */
export interface ConversionContext {
  /** DeviceModels, in any version. */
  readonly models?: readonly Resource[];
  /** Devices, in any version. */
  readonly devices?: readonly Resource[];
  /** Called with what the other version cannot say, e.g. a STREAM property before v1beta1. */
  readonly warn?: (message: string) => void;
}

const namespaceOf = (resource: Fields) => fieldsOf(resource.metadata).namespace ?? "default";
const nameOf = (resource: Fields) => fieldsOf(resource.metadata).name;
const modelNameOf = (device: Fields) => fieldsOf(fieldsOf(device.spec).deviceModelRef).name;

/** The DeviceModel of a device, if the context has it. */
export function modelIn({ models = [] }: ConversionContext, device: Fields): Fields | undefined {
  const candidates = models as readonly unknown[] as readonly Fields[];
  return candidates.find(
    (model) => nameOf(model) === modelNameOf(device) && namespaceOf(model) === namespaceOf(device),
  );
}

/** The devices of a model that the context has. */
export function devicesIn({ devices = [] }: ConversionContext, model: Fields): readonly Fields[] {
  const candidates = devices as readonly unknown[] as readonly Fields[];
  return candidates.filter(
    (device) => modelNameOf(device) === nameOf(model) && namespaceOf(device) === namespaceOf(model),
  );
}
