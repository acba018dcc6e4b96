import { didYouMean } from "@edgetwin/mapper-sdk";
import { checkDevice, type Device, type DeviceModel, ModelError } from "@edgetwin/models";
import { nodeOf } from "../controllers/device-facts.ts";
import type { StoredObject } from "../kubernetes/client.ts";
import { causeOf, missing, nothing, type Review, required, warningOf } from "./cause.ts";
import type { ClusterView, ReviewedObject } from "./cluster-view.ts";
import { reviewClaims } from "./review-claims.ts";
import { type Protocols, reviewSettings, servedBy } from "./review-settings.ts";
import { isTyped, typedDevice, typedModel } from "./typed-device.ts";

/** What a review of a device looks at besides the device. */
export interface DeviceReview {
  readonly view: ClusterView;
  readonly protocols: Protocols;
}

/** Reviews a device as it is to be: with its model, its mapper, the other devices of its node. */
export function reviewDevice(object: ReviewedObject, context: DeviceReview): Review {
  const { view } = context;
  const { namespace = "" } = object.metadata ?? {};
  const name = modelNameOf(object);
  const field = "spec.deviceModelRef.name";
  if (name === undefined) {
    const why = "write the name of a DeviceModel of this namespace; a device without one stops KubeEdge's CloudCore";
    const rest = shapeOnly(object).causes.filter((cause) => !cause.field.startsWith("spec.deviceModelRef"));
    return { causes: [required(field, why), ...rest], warnings: [] };
  }
  const stored = view.model(namespace, name);
  if (!stored) {
    const names = view.modelNames(namespace);
    const hint = didYouMean(name, names) || "; create it first";
    const why = `there is no DeviceModel "${name}" in namespace "${namespace}"${hint}`;
    return join(shapeOnly(object), { causes: [missing(field, name, why)], warnings: [] });
  }
  const model = typedModel(stored);
  if (!isTyped(model)) {
    const why = model.issues.map(warningOf).join("; ");
    return join(shapeOnly(object), {
      causes: [],
      warnings: [`${field}: DeviceModel "${name}" cannot be used: ${why}`],
    });
  }
  const device = typedDevice(object, model.value);
  if (!isTyped(device)) return { causes: device.issues.map(causeOf), warnings: [] };
  return join(
    { causes: [], warnings: nodeWarnings(object, view) },
    againstModel(device.value, model.value),
    atItsMapper(device.value, model.value, context),
  );
}

/** What can be said without a model. */
function shapeOnly(object: ReviewedObject): Review {
  const device = typedDevice(object, undefined);
  return isTyped(device) ? nothing : { causes: device.issues.map(causeOf), warnings: [] };
}

function againstModel(device: Device, model: DeviceModel): Review {
  try {
    const issues = checkDevice(device, model);
    return {
      causes: issues.filter(({ severity }) => severity === "error").map(causeOf),
      warnings: issues.filter(({ severity }) => severity === "warning").map(warningOf),
    };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const why = error.issues.map(warningOf).join("; ");
    return { causes: [], warnings: [`DeviceModel "${model.metadata.name}" cannot be used: ${why}`] };
  }
}

function atItsMapper(device: Device, model: DeviceModel, context: DeviceReview): Review {
  try {
    const served = servedBy(device, model, context.protocols);
    if (!served) return nothing;
    return join(reviewSettings(device, served), { causes: reviewClaims(device, served, context), warnings: [] });
  } catch (error) {
    if (error instanceof ModelError) return nothing; // told already
    throw error;
  }
}

/** A node that is not there may still come; a name that is nearly right will not. */
function nodeWarnings(object: ReviewedObject, view: ClusterView): readonly string[] {
  const name = nodeOf(object as StoredObject);
  if (name === undefined || view.node(name)) return [];
  const hint = didYouMean(name, view.nodeNames());
  return [`spec.nodeName: there is no node "${name}" yet${hint}; the device is delivered when it joins`];
}

function modelNameOf({ spec }: ReviewedObject): string | undefined {
  const name = (spec as { readonly deviceModelRef?: { readonly name?: unknown } | null } | null | undefined)
    ?.deviceModelRef?.name;
  return typeof name === "string" && name !== "" ? name : undefined;
}

export const join = (...reviews: readonly Review[]): Review => ({
  causes: reviews.flatMap(({ causes }) => causes),
  warnings: reviews.flatMap(({ warnings }) => warnings),
});
