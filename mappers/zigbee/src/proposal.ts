import { defineModel, type Model, type Property, p } from "@edgetwin/mapper-sdk";
import type { Feature } from "./features/feature.ts";
import { type FeatureName, featureNames, featureOf } from "./features/features.ts";
import type { Product } from "./identify/product.ts";
import type { KnownDevice, KnownEndpoint } from "./network/library.ts";
import { isSleepy } from "./place.ts";

/** A model for a device and where its properties live on it. */
export interface Proposal {
  readonly model: Model;
  readonly visitors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Kinds of IAS zones and what their first alarm means (Zigbee Cluster Library 8.2.2.2.1.2). */
const zones: Readonly<
  Record<number, { readonly feature: FeatureName; readonly property: string; readonly key: string }>
> = {
  13: { feature: "alarm", property: "motion", key: "occupancy" },
  21: { feature: "contact", property: "contact", key: "contact" },
  40: { feature: "alarm", property: "smoke", key: "smoke" },
  42: { feature: "alarm", property: "water-leak", key: "water_leak" },
  43: { feature: "alarm", property: "carbon-monoxide", key: "carbon_monoxide" },
  45: { feature: "alarm", property: "vibration", key: "vibration" },
};

/** Bits of the abilities of a lamp (5.2.2.2.1.12). */
const abilities = { color: 0x08, colorTemperature: 0x10 } as const;

interface Candidate {
  readonly name: FeatureName;
  readonly feature: Feature;
  readonly property: string;
  readonly key: string;
}

/** What a device offers by its clusters, by what it answered when it joined, and by what is known of the product. */
export function proposalOf(device: KnownDevice, product?: Product): Proposal {
  const properties: Record<string, Property> = {};
  const visitors: Record<string, Readonly<Record<string, unknown>>> = {};
  const several = device.endpoints.filter((endpoint) => candidatesOn(device, endpoint).length > 0).length > 1;
  for (const endpoint of device.endpoints) {
    const all = candidatesOn(device, endpoint);
    const sold = product ? all.filter(({ key }) => product.exposes.includes(key)) : all;
    for (const { name, feature, property } of sold.length > 0 ? sold : all) {
      const called = several ? `${property}-${endpoint.ID}` : property;
      properties[called] = propertyFor(feature);
      visitors[called] = { feature: name, ...(several && { endpoint: endpoint.ID }) };
    }
  }
  properties["link-quality"] = p.int({ min: 0, max: 255, description: "quality of the radio link" });
  if (Object.keys(visitors).length > 0) visitors["link-quality"] = { feature: "linkQuality" };
  return { model: defineModel(modelName(device, product), properties), visitors };
}

function candidatesOn(device: KnownDevice, endpoint: KnownEndpoint): readonly Candidate[] {
  return featureNames.flatMap((name): readonly Candidate[] => {
    const feature = featureOf(name);
    if (!endpoint.inputClusters.includes(feature.clusterId)) return [];
    const known = endpoint.clusters[feature.cluster]?.attributes ?? {};
    // Where the device has answered at all, what it did not answer it does not have.
    const wasAsked = Object.keys(known).length > 0;
    if (wasAsked && !feature.attributes.every((attribute) => known[attribute] !== undefined) && !isSleepy(device))
      return [];
    if (!isAble(name, Number(known.colorCapabilities))) return [];
    const zone = feature.cluster === "ssIasZone" ? zones[Number(known.zoneType)] : undefined;
    if (name === "contact" || name === "alarm") {
      if ((zone?.feature ?? "alarm") !== name) return [];
      return [{ name, feature, property: zone?.property ?? feature.property, key: zone?.key ?? feature.key }];
    }
    return [{ name, feature, property: feature.property, key: feature.key }];
  });
}

function isAble(name: FeatureName, said: number): boolean {
  if ((name !== "color" && name !== "colorTemperature") || !Number.isFinite(said)) return true;
  return (said & abilities[name]) !== 0;
}

function propertyFor({ types, unit, min, max, description, command }: Feature): Property {
  const facts = { description, ...(command && { access: "rw" as const }), ...(unit && { unit }) };
  const range = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  switch (types[0]) {
    case "BOOLEAN":
      return p.boolean(facts);
    case "INT":
      return p.int({ ...facts, ...range });
    case "STRING":
      return p.string(facts);
    case "DOUBLE":
      return p.double({ ...facts, ...range });
    default:
      return p.float({ ...facts, ...range });
  }
}

/** A name that Kubernetes takes: small letters, digits and dashes. */
function modelName({ modelID, manufacturerName, ieeeAddr }: KnownDevice, product?: Product): string {
  const text = product ? `${product.vendor}-${product.model}` : [manufacturerName, modelID].filter(Boolean).join("-");
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return slug === "" ? `zigbee-${ieeeAddr.slice(2)}` : `zigbee-${slug}`.replace(/-+$/, "");
}
