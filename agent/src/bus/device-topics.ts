import type { DeviceId } from "../twin/types.ts";

/** What a client may ask of a device, as the end of the topic (KubeEdge edge/pkg/devicetwin/dtcommon). */
export const deviceRequests = ["twin/update", "twin/get", "state/update"] as const;
export type DeviceRequest = (typeof deviceRequests)[number];

/** What the agent says about a device, as the end of the topic. */
export const deviceAnswers = [
  "twin/update/result",
  "twin/update/document",
  "twin/update/delta",
  "twin/get/result",
  "state/update/result",
] as const;
export type DeviceAnswer = (typeof deviceAnswers)[number];

const prefix = "$hw/events/device/";
const defaultNamespace = "default";

/** A namespace and a name as Kubernetes allows them: 63 and 253 characters, and the slash. */
const longestForm = 317;

/** A device as a topic names it. */
export interface DeviceAddress {
  readonly device: DeviceId;
  /** `name` (KubeEdge up to v1.16) or `namespace/name` (from v1.17), as it was written. */
  readonly form: string;
}

/** The subscriptions that catch all requests in both forms. */
export const requestFilters = (request: DeviceRequest): readonly string[] => [
  `${prefix}+/${request}`,
  `${prefix}+/+/${request}`,
];

/** The topic of `verb` for a device written as `form`. */
export const deviceTopic = (form: string, verb: DeviceRequest | DeviceAnswer): string => `${prefix}${form}/${verb}`;

/** Which device a topic ending in `verb` means; undefined when it is none of both forms. */
export function parseDeviceTopic(topic: string, verb: DeviceRequest | DeviceAnswer): DeviceAddress | undefined {
  if (!topic.startsWith(prefix) || !topic.endsWith(`/${verb}`)) return undefined;
  const form = topic.slice(prefix.length, -verb.length - 1);
  if (form.length > longestForm) return undefined;
  const parts = form.split("/");
  if (parts.length > 2 || parts.some((part) => part === "" || part === "+")) return undefined;
  return { form, device: parts.length === 2 ? form : `${defaultNamespace}/${form}` };
}

/** All forms in which clients may listen for a device: the old one exists for namespace `default` only. */
export function formsOf(device: DeviceId): readonly string[] {
  const [namespace, name] = split(device);
  return namespace === defaultNamespace ? [device, name] : [device];
}

/** The bare name of a device. */
export const nameOf = (device: DeviceId): string => split(device)[1];

function split(device: DeviceId): [namespace: string, name: string] {
  const slash = device.indexOf("/");
  return [device.slice(0, slash), device.slice(slash + 1)];
}
