import { type Fields, fieldsOf, objectsOf, present } from "./json.ts";

/** A v1alpha2 DeviceStatus, a bare list of twins, in v1beta1. */
export function statusToV1beta1(status: Fields): Fields {
  return {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceStatus",
    metadata: status.metadata,
    status: Array.isArray(status.twins)
      ? {
          twins: objectsOf(status.twins).map(({ propertyName, desired, reported }) =>
            present({ propertyName, observedDesired: desired, reported }),
          ),
        }
      : {},
  };
}

/** A v1beta1 DeviceStatus in v1alpha2. */
export function statusFromV1beta1(status: Fields): Fields {
  const { twins } = fieldsOf(status.status);
  return {
    apiVersion: "devices.kubeedge.io/v1alpha2",
    kind: "DeviceStatus",
    metadata: status.metadata,
    ...(Array.isArray(twins) && {
      twins: objectsOf(twins).map(({ propertyName, observedDesired, reported }) =>
        present({ propertyName, desired: observedDesired, reported }),
      ),
    }),
  };
}
