import { type Claim, isConflict, MapperError } from "@edgetwin/mapper-sdk";
import type { Device } from "@edgetwin/models";
import { type Cause, invalidValue } from "./cause.ts";
import type { ClusterView, ReviewedObject } from "./cluster-view.ts";
import { type Protocols, type ServedDevice, servedBy } from "./review-settings.ts";
import { isTyped, typedDevice, typedModel } from "./typed-device.ts";

/** Finds what a device claims on its node that another property or device has. */
export function reviewClaims(
  device: Device,
  served: ServedDevice,
  { view, protocols }: { readonly view: ClusterView; readonly protocols: Protocols },
): readonly Cause[] {
  const own = claimsOf(served);
  const { nodeName } = device.spec;
  if (own.length === 0) return [];
  const others = nodeName ? view.devicesOnNode(nodeName).filter((other) => !isSame(other, device)) : [];
  const taken = others.flatMap((other) => claimsOfOther(other, view, protocols).map((claim) => ({ claim, other })));
  return own.flatMap((claim, index) => {
    const field = fieldOf(claim, device);
    const twice = own.slice(0, index).find((earlier) => isConflict(earlier, claim));
    if (twice)
      return [invalidValue(field, claim.resource, `already belongs to ${twice.property ?? "it"}; choose another`)];
    const owner = taken.find((other) => isConflict(other.claim, claim));
    return owner ? [invalidValue(field, claim.resource, ownedBy(owner, claim, nodeName ?? ""))] : [];
  });
}

function ownedBy(
  { claim, other }: { readonly claim: Claim; readonly other: ReviewedObject },
  wanted: Claim,
  node: string,
): string {
  const { namespace, name } = other.metadata ?? {};
  const device = `device ${namespace}/${name}`;
  const owner = claim.property === undefined ? device : `${claim.property} of ${device}`;
  if (claim.as === undefined || wanted.as === undefined) {
    return `belongs to ${owner} on node ${node}; choose another, or remove it there`;
  }
  return `${owner} on node ${node} uses it as ${claim.as}, here it is ${wanted.as}; make both the same, or choose another`;
}

const isSame = ({ metadata }: ReviewedObject, device: Device): boolean =>
  metadata?.name === device.metadata.name && (metadata.namespace ?? "") === (device.metadata.namespace ?? "");

function claimsOfOther(other: ReviewedObject, view: ClusterView, protocols: Protocols): readonly Claim[] {
  const spec = other.spec as { readonly deviceModelRef?: { readonly name?: unknown } } | undefined;
  const name = spec?.deviceModelRef?.name;
  const stored = typeof name === "string" ? view.model(other.metadata?.namespace ?? "", name) : undefined;
  const model = stored && typedModel(stored);
  if (!model || !isTyped(model)) return [];
  const device = typedDevice(other, model.value);
  if (!isTyped(device)) return [];
  try {
    const served = servedBy(device.value, model.value, protocols);
    return served ? claimsOf(served) : [];
  } catch {
    // Another device that cannot be understood is no reason to refuse this one.
    return [];
  }
}

function claimsOf({ mapper, config }: ServedDevice): readonly Claim[] {
  try {
    return mapper.claims?.(config) ?? [];
  } catch (error) {
    if (error instanceof MapperError) return [];
    throw error;
  }
}

function fieldOf({ property }: Claim, { spec }: Device): string {
  const index = (spec.properties ?? []).findIndex(({ name }) => name === property);
  return index < 0 ? "spec.protocol.configData" : `spec.properties[${index}].visitors.configData`;
}
