import { annotations } from "../annotations.ts";
import { mergeVisitors } from "../with-model-defaults.ts";
import { modelIn } from "./context.ts";
import { cycleToMs, cycleToNs, isNever } from "./cycle.ts";
import { dataFromV1beta1, dataToV1beta1 } from "./data.ts";
import { type Fields, fieldsOf, objectsOf, present, textOf, unlessEmpty } from "./json.ts";
import { withAnnotations } from "./metadata.ts";
import type { Conversion } from "./model.ts";
import { nodeFromV1beta1, nodeToV1beta1 } from "./node-selector.ts";
import { protocolFromV1beta1, protocolToV1beta1 } from "./protocol.ts";
import { visitorFromV1beta1, visitorToV1beta1 } from "./visitor.ts";

/** KubeEdge's mappers before v1beta1 reported the state of a device every second. */
const stateReport = { reportToCloud: true, reportCycle: 1000 } as const;

/** A Device of an older version in v1beta1; what has no place there is left out. */
export function deviceToV1beta1(device: Fields, { version, context }: Conversion): Fields {
  const { deviceModelRef, nodeSelector, protocol, propertyVisitors, data } = fieldsOf(device.spec);
  const declared = textOf(fieldsOf(modelIn(context, device)?.spec).protocol);
  const flat =
    protocolToV1beta1(protocol, version) ??
    (declared === undefined ? undefined : { protocolName: declared, configData: {} });
  const visitors = version === "v1alpha2" ? byPropertyName(propertyVisitors) : new Map<string, Fields>();
  const twins = byPropertyName(fieldsOf(device.status).twins);
  const pushes =
    version === "v1alpha2" ? dataToV1beta1(data, fieldsOf(device.metadata).name) : new Map<string, Fields>();
  const names = [...new Set([...visitors.keys(), ...twins.keys(), ...pushes.keys()])];
  const { nodeName, annotation } = nodeToV1beta1(nodeSelector);
  const reported = [...twins].flatMap(([propertyName, twin]) =>
    twin.reported === undefined || twin.reported === null
      ? []
      : [{ propertyName, observedDesired: { value: "" }, reported: twin.reported }],
  );
  const converted = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: device.metadata,
    spec: present({
      deviceModelRef,
      nodeName,
      protocol: flat,
      properties:
        names.length === 0
          ? undefined
          : names.map((name) =>
              propertyToV1beta1({
                name,
                visitor: visitors.get(name),
                twin: twins.get(name),
                push: pushes.get(name),
                protocol: flat?.protocolName,
              }),
            ),
      stateReport,
    }),
    ...(reported.length > 0 && { status: { twins: reported } }),
  };
  return withAnnotations(converted, annotation === undefined ? {} : { [annotations.nodeSelector]: annotation });
}

interface Sources {
  readonly name: string;
  readonly visitor: Fields | undefined;
  readonly twin: Fields | undefined;
  readonly push: Fields | undefined;
  readonly protocol: string | undefined;
}

function propertyToV1beta1({ name, visitor, twin, push, protocol }: Sources): Fields {
  const desired = fieldsOf(twin?.desired);
  // Go mappers crash on a property without configData; without a protocol there is no mapper to protect.
  const empty = protocol === undefined ? undefined : { protocolName: protocol, configData: {} };
  return present({
    name,
    desired: textOf(desired.value) === undefined ? undefined : desired,
    visitors: visitor ? visitorToV1beta1(visitor, protocol) : empty,
    reportCycle: cycleToMs(visitor?.reportCycle),
    collectCycle: cycleToMs(visitor?.collectCycle),
    reportToCloud: twin !== undefined && !isNever(visitor?.collectCycle),
    pushMethod: push,
  });
}

/** A v1beta1 Device in an older version; what has no place there is left out. */
export function deviceFromV1beta1(device: Fields, { version, context }: Conversion): Fields {
  const { deviceModelRef, nodeName, protocol, properties } = fieldsOf(device.spec);
  const known = objectsOf(properties);
  const model = modelIn(context, device);
  const nodeSelector = nodeFromV1beta1(device, nodeName);
  const propertyVisitors = version === "v1alpha1" ? [] : known.flatMap((property) => visitorOf(property, model));
  const converted = {
    apiVersion: `devices.kubeedge.io/${version}`,
    kind: "Device",
    metadata: device.metadata,
    spec: present({
      deviceModelRef,
      nodeSelector,
      protocol: protocolFromV1beta1(protocol, version),
      propertyVisitors: propertyVisitors.length > 0 ? propertyVisitors : undefined,
      data: version === "v1alpha1" ? undefined : dataFromV1beta1(known, fieldsOf(device.metadata).name),
    }),
    ...statusOf(known, device.status),
  };
  return withAnnotations(converted, { [annotations.nodeSelector]: undefined });
}

function visitorOf(property: Fields, model: Fields | undefined): Fields[] {
  const defaults = objectsOf(fieldsOf(model?.spec).properties).find(({ name }) => name === property.name)?.visitors;
  const blocks = visitorFromV1beta1(mergeVisitors(defaults, property.visitors));
  const cycles = present({
    reportCycle: cycleToNs(property.reportCycle),
    collectCycle: cycleToNs(property.collectCycle),
  });
  return blocks || unlessEmpty(cycles) ? [{ propertyName: property.name, ...cycles, ...blocks }] : [];
}

/** `status.twins` of the older versions: a twin for all that is desired, reported, or collected for the cloud. */
function statusOf(properties: readonly Fields[], status: unknown): { readonly status?: Fields } {
  const reported = byPropertyName(fieldsOf(status).twins);
  const own = properties.filter(
    ({ name, desired, reportToCloud }) => desired !== undefined || reportToCloud === true || reported.has(String(name)),
  );
  const names = [...new Set([...own.map(({ name }) => String(name)), ...reported.keys()])];
  if (names.length === 0) return {};
  const twins = names.map((propertyName) => {
    const { desired } = own.find(({ name }) => name === propertyName) ?? {};
    return present({ propertyName, desired, reported: reported.get(propertyName)?.reported });
  });
  return { status: { twins } };
}

/** Entries by property. */
function byPropertyName(list: unknown): Map<string, Fields> {
  return new Map(
    objectsOf(list).flatMap((entry) => (typeof entry.propertyName === "string" ? [[entry.propertyName, entry]] : [])),
  );
}
