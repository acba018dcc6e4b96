import {
  checkDevice,
  type Device,
  type DeviceModel,
  formatIssue,
  ModelError,
  type Resource,
  toV1beta1,
  validateResource,
} from "@edgetwin/models";
import type { StoredObject } from "../kubernetes/client.ts";
import { modelKeyOf, nodeOf } from "./device-facts.ts";

/** Why a device cannot work; `Ready` when nothing is in its way. CamelCase, as reasons of conditions are. */
export type Verdict = "Ready" | "NoNode" | "NoModel" | "ModelMissing" | "ModelInvalid" | "DeviceInvalid";

export interface Judgement {
  readonly verdict: Verdict;
  /** For people: what is wrong, where, and what to write instead. */
  readonly message: string;
}

/** Whether a device can work with its model, each in any version of the API. Never throws, whatever they hold. */
export function judgeDevice(device: StoredObject, model: StoredObject | undefined): Judgement {
  const modelKey = modelKeyOf(device);
  if (modelKey === undefined) {
    return { verdict: "NoModel", message: "spec.deviceModelRef.name: no model; write the name of a DeviceModel" };
  }
  if (!model) {
    const message = `spec.deviceModelRef.name: there is no DeviceModel ${modelKey}; create it or correct the name`;
    return { verdict: "ModelMissing", message };
  }
  const checkedModel = attempt("ModelInvalid", () => resourceOf(model) as DeviceModel);
  if ("verdict" in checkedModel) return checkedModel;
  const checked = attempt("DeviceInvalid", () => resourceOf(device, checkedModel.value) as Device);
  if ("verdict" in checked) return checked;
  const issues = attempt("ModelInvalid", () => checkDevice(checked.value, checkedModel.value));
  if ("verdict" in issues) return issues;
  const errors = issues.value.filter(({ severity }) => severity === "error").map(formatIssue);
  if (errors.length > 0) return { verdict: "DeviceInvalid", message: errors.join("\n") };
  if (nodeOf(device) === undefined) {
    return {
      verdict: "NoNode",
      message: "spec.nodeName: no node; write the name of the edge node that serves the device",
    };
  }
  return { verdict: "Ready", message: "" };
}

function resourceOf(object: StoredObject, model?: DeviceModel): Resource {
  const { resource } = validateResource(object);
  return toV1beta1(resource, { ...(model && { models: [model] }) });
}

function attempt<T>(verdict: Verdict, make: () => T): { readonly value: T } | Judgement {
  try {
    return { value: make() };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { verdict, message: error.message };
  }
}
