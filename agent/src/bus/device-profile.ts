import { formatText } from "@edgetwin/models";
import type { DeviceEntry } from "../registry/registry.ts";
import { constantSource } from "../twin/configure.ts";
import type { DeviceTwin, PropertyTwin } from "../twin/types.ts";
import { type Fields, type LegacyDevice, legacyDevice, legacyModel } from "./legacy-device.ts";
import { profileModel, profileProtocol, profileVisitors, protocolReference } from "./profile-parts.ts";
import { typeWord } from "./twin-json.ts";

/** A device and its twins; undefined while the engine does not keep any. */
export interface ProfiledDevice {
  readonly entry: DeviceEntry;
  readonly twin: DeviceTwin | undefined;
}

interface Profiled extends ProfiledDevice {
  readonly name: string;
  readonly legacy: LegacyDevice;
  readonly visitors: readonly Fields[];
}

/**
 * The content of KubeEdge's `deviceProfile.json` for all devices of a node, which old mappers read when they start.
 *
 * It is generation B (KubeEdge v1.4 to v1.14: twins, data and visitors inside each instance) with the duplicates that readers
 * of generation A (v1.0 to v1.3) look for: `protocols[].protocol_config`, and `propertyVisitors` at the top, where the
 * first device of each model wins. Everything in twins is text; constants and defaults of numbers are JSON numbers.
 */
export function deviceProfile(devices: readonly ProfiledDevice[]): Fields {
  const profiled = devices.map(profile).sort((a, b) => (a.entry.id < b.entry.id ? -1 : 1));
  const firsts = firstOfEachModel(profiled);
  return {
    deviceInstances: profiled.map(instance),
    deviceModels: firsts.flatMap(({ entry: { model } }) =>
      model ? [profileModel(model.metadata.name, legacyModel(model))] : [],
    ),
    protocols: profiled.map(({ name, legacy }) => profileProtocol(name, legacy)),
    propertyVisitors: firsts.flatMap(({ visitors }) => visitors),
  };
}

function profile({ entry, twin }: ProfiledDevice): Profiled {
  const legacy = legacyDevice(entry.device, entry.model);
  return { entry, twin, name: entry.device.metadata.name, legacy, visitors: profileVisitors(legacy) };
}

/** Readers look models up by their bare name, so there is one entry for each. */
function firstOfEachModel(devices: readonly Profiled[]): Profiled[] {
  const seen = new Set<string>();
  return devices.filter(({ entry: { model } }) => {
    if (!model || seen.has(model.metadata.name)) return false;
    seen.add(model.metadata.name);
    return true;
  });
}

function instance(device: Profiled): Fields {
  const { name, legacy, visitors } = device;
  const { deviceModelRef, data } = legacy.spec;
  const protocol = protocolReference(name, legacy);
  return {
    id: name,
    name,
    ...(protocol !== undefined && { protocol }),
    model: deviceModelRef?.name ?? "",
    twins: twinsOf(device),
    ...(data?.dataProperties && { data: { dataTopic: dataTopicOf(name), ...data } }),
    ...(visitors.length > 0 && { propertyVisitors: visitors }),
  };
}

/** What v1alpha2 documents as the default `dataTopic`. */
const dataTopicOf = (name: string) => `$ke/events/device/${name}/data/update`;

/** A twin for all that is desired, reported, or collected; old readers exit when one has no visitor while others have. */
function twinsOf({ legacy, twin, visitors }: Profiled): Fields[] {
  const listed = (legacy.status?.twins ?? []).map(({ propertyName }) => propertyName);
  const kept = [...(twin?.twins.values() ?? [])].filter((each) => !each.optional && hasSides(each));
  const names = [...new Set([...listed, ...kept.map(({ name }) => name)])];
  const visited = new Set(visitors.map(({ propertyName }) => propertyName));
  return names
    .filter((name) => visited.size === 0 || visited.has(name))
    .map((name) => twinOf(name, { legacy, kept: twin?.twins.get(name) }));
}

/** Whether a device or a person ever said something; constants such as pin numbers are the model's. */
const hasSides = ({ desired, reported }: PropertyTwin) =>
  desired !== undefined || (reported !== undefined && reported.source !== constantSource);

function twinOf(
  propertyName: string,
  { legacy, kept }: { readonly legacy: LegacyDevice; readonly kept: PropertyTwin | undefined },
): Fields {
  const declared = legacy.status?.twins?.find((each) => each.propertyName === propertyName);
  if (!kept) return { propertyName, desired: textOnly(declared?.desired), reported: textOnly(declared?.reported) };
  const { desired, reported, type } = kept;
  const word = typeWord(type);
  const desiredText = desired ? formatText(desired.value, type) : "";
  return {
    propertyName,
    desired: { value: desiredText, metadata: { type: word } },
    reported: reported
      ? { value: formatText(reported.value, type), metadata: { timestamp: String(reported.at), type: word } }
      : textOnly(declared?.reported),
  };
}

/** Old readers exit when a member of the metadata is not text. */
function textOnly(side: { readonly value?: string; readonly metadata?: Fields } | undefined): Fields {
  if (!side?.metadata) return { value: side?.value ?? "" };
  const metadata = Object.entries(side.metadata).map(([key, value]) => [key, String(value)]);
  return { value: side.value ?? "", metadata: Object.fromEntries(metadata) as Fields };
}
