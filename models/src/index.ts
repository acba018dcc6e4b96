export { annotations } from "./annotations.ts";
export { checkDevice } from "./check-device.ts";
export type { ConversionContext } from "./convert/context.ts";
export { fromV1beta1, toV1beta1 } from "./convert/convert.ts";
export { ModelError, type ModelErrorCode, modelErrors } from "./errors.ts";
export { formatIssue, type Issue } from "./issue.ts";
export { parseJsonText, toJsonText } from "./json-text.ts";
export { parseManifests } from "./manifest/parse-manifests.ts";
export { validateResource } from "./manifest/validate-resource.ts";
export { type ManifestOptions, manifestOf } from "./model/manifest-of.ts";
export { modelOf } from "./model/model-of.ts";
export { builderOf, type PropertyBuilder } from "./module/builder-of.ts";
export { type ModuleOptions, modelDeclaration, modelModule } from "./module/model-module.ts";
export {
  formatReference,
  type Reference,
  type Resolved,
  referenceOf,
  referencesOf,
  resolveReferences,
} from "./references.ts";
export { type ApiVersion, apiGroup, apiVersions, type Kind, kinds, type Resource, versionOf } from "./resource.ts";
export type { Device, DeviceModel, DeviceStatus } from "./v1beta1.ts";
export { decodeValue, encodeValue } from "./values/encoded.ts";
export { formatText } from "./values/format-text.ts";
export { fromJson, toJson } from "./values/json.ts";
export { parseText } from "./values/parse-text.ts";
export { withModelDefaults } from "./with-model-defaults.ts";
