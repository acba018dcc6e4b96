import { configToAny, type v1alpha1 } from "@edgetwin/mapper-sdk/dmi";
import { type Device, type DeviceModel, fromV1beta1 } from "@edgetwin/models";

type Fields = Readonly<Record<string, unknown>>;

/** A DeviceModel as DMI v1alpha1 carries it: the facts of each property stand under the name of its type. */
export function modelMessage(model: DeviceModel): v1alpha1.WireModelV1alpha1Draft {
  const { metadata, spec } = fromV1beta1(model, "v1alpha2") as unknown as {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly protocol?: string; readonly properties?: readonly Fields[] };
  };
  return {
    name: metadata.name,
    spec: {
      protocol: spec.protocol ?? "",
      properties: (spec.properties ?? []).map(({ name, description = "", type }) => ({
        name: String(name),
        description: String(description),
        type: Object.fromEntries(
          Object.entries(type as Fields).map(([key, facts]) => [key, factsOf(key, facts as Fields)]),
        ),
      })),
    },
  };
}

/** Whole numbers of an `int` go as 64-bit integers, those of the others as they are. */
function factsOf(key: string, facts: Fields): Fields {
  if (key !== "int") return facts;
  const whole = (value: unknown) => (typeof value === "number" ? BigInt(Math.trunc(value)) : value);
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, whole(value)]));
}

/**
 * A Device as DMI v1alpha1 carries it. EdgeCore loses the settings of customized protocols; they arrive from here.
 * Cycles are nanoseconds.
 */
export function deviceMessage(device: Device): v1alpha1.WireDeviceV1alpha1Draft {
  const { metadata, spec } = fromV1beta1(device, "v1alpha2") as unknown as {
    readonly metadata: { readonly name: string };
    readonly spec: {
      readonly deviceModelRef?: { readonly name: string };
      readonly protocol?: Fields;
      readonly propertyVisitors?: readonly Fields[];
    };
  };
  return {
    name: metadata.name,
    spec: {
      deviceModelReference: spec.deviceModelRef?.name ?? "",
      protocol: blocks(spec.protocol ?? {}),
      propertyVisitors: (spec.propertyVisitors ?? []).map(
        ({ propertyName, reportCycle = 0, collectCycle = 0, ...rest }) => ({
          propertyName: String(propertyName),
          reportCycle: Number(reportCycle),
          collectCycle: Number(collectCycle),
          ...blocks(rest),
        }),
      ),
    },
    status: {
      twins: (device.spec.properties ?? []).map(({ name, desired }) => ({
        propertyName: name,
        desired: { value: desired?.value ?? "" },
        reported: { value: "" },
      })),
    },
  };
}

/** Free settings become messages of their own; everything else has the fields of its message already. */
function blocks(protocols: Fields): Record<string, Fields> {
  return Object.fromEntries(
    Object.entries(protocols).map(([name, settings]) => {
      const { configData, customizedValues, ...known } = settings as Fields;
      if (name === "customizedValues") return [name, free(settings)];
      return [
        name,
        {
          ...known,
          ...(configData !== undefined && { configData: free(configData) }),
          ...(customizedValues !== undefined && { customizedValues: free(customizedValues) }),
        },
      ];
    }),
  );
}

const free = (settings: unknown): Fields => ({ data: configToAny(settings, "mapper-framework") });
