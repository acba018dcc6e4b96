/**
 * Annotations of Edgetwin on device resources: what the device API has no field for. docs/reference/device-api.md
 * explains each; a test compares the two.
 */
export const annotations = {
  /** On a v1beta1 DeviceModel: JSON object, default value by property (v1alpha1 and v1alpha2 `defaultValue`). */
  defaultValues: "edgetwin.io/default-values",
  /** On a DeviceModel: JSON object, list of the allowed texts by STRING property. */
  enums: "edgetwin.io/enums",
  /** On a DeviceModel: JSON object with `interlocks` and `failSafe`. */
  safety: "edgetwin.io/safety",
  /** On a DeviceModel or a Device: JSON object, by property the other one in which a write must show. */
  verify: "edgetwin.io/verify",
  /** On a Device: JSON object, by property which readings the agent passes on. */
  filters: "edgetwin.io/filters",
  /** On a Device: JSON object, by property and sink what `pushMethod` has no field for. */
  push: "edgetwin.io/push",
  /** On a DeviceModel or a Device that the agent keeps: `cloud` when the cloud sent it, and may take it away. */
  from: "edgetwin.io/from",
  /** On a v1beta1 Device: JSON, the `nodeSelector` of the older version where it says more than the node's name. */
  nodeSelector: "edgetwin.io/node-selector",
  /** JSON: what a resource that was v1alpha1 says and its converted form has no place for. */
  v1alpha1Remainder: "edgetwin.io/v1alpha1-remainder",
  /** The same for a resource that was v1alpha2. */
  v1alpha2Remainder: "edgetwin.io/v1alpha2-remainder",
  /** The same for a resource that was v1beta1. */
  v1beta1Remainder: "edgetwin.io/v1beta1-remainder",
} as const;
