import { checkDevice, ModelError, modelOf } from "@edgetwin/models";
import { type Cause, causeOf, listed, nothing, type Review, warningOf } from "./cause.ts";
import type { ClusterView, ReviewedObject } from "./cluster-view.ts";
import { isTyped, typedDevice, typedModel } from "./typed-device.ts";

/** Reviews a model as it is to be. Devices that it breaks are told; they keep working as they are until they change. */
export function reviewModel(object: ReviewedObject, view: ClusterView): Review {
  const model = typedModel(object);
  if (!isTyped(model)) return { causes: model.issues.map(causeOf), warnings: [] };
  try {
    const { warnings } = modelOf(model.value);
    const broken = devicesOf(object, view).flatMap((stored) => {
      const device = typedDevice(stored, model.value);
      const issues = isTyped(device) ? checkDevice(device.value, model.value) : device.issues;
      const [first] = issues.filter(({ severity }) => severity === "error");
      return first ? [{ name: nameOf(stored), why: warningOf(first) }] : [];
    });
    const [one] = broken;
    const told = one && `devices that do not fit it any more: ${listed(broken.map(({ name }) => name))} (${one.why})`;
    return { causes: [], warnings: [...warnings, ...(told ? [told] : [])] };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { causes: error.issues.map(causeOf) as Cause[], warnings: [] };
  }
}

/**
 * A model that is deleted while devices use it. It is let go, since `kubectl delete -f` deletes a file from the top; the
 * edges keep it as long as they have the devices.
 */
export function reviewModelDeletion(object: ReviewedObject, view: ClusterView): Review {
  const users = devicesOf(object, view).filter(({ metadata }) => !metadata || !("deletionTimestamp" in metadata));
  if (users.length === 0) return nothing;
  const { name } = object.metadata ?? {};
  const [verb, they] = users.length === 1 ? ["uses", "it goes"] : ["use", "they go"];
  const told = `${listed(users.map(nameOf))} still ${verb} DeviceModel "${name}": ${they} on at the edge, but cannot be changed until the model is there again`;
  return { causes: [], warnings: [told] };
}

const devicesOf = ({ metadata }: ReviewedObject, view: ClusterView): readonly ReviewedObject[] =>
  view.devicesOfModel(metadata?.namespace ?? "", metadata?.name ?? "");

const nameOf = ({ metadata }: ReviewedObject): string => metadata?.name ?? "";
