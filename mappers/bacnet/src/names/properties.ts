import { didYouMean } from "@edgetwin/mapper-sdk";

/** Identifiers of properties (ASHRAE 135 clause 21, BACnetPropertyIdentifier). */
export const propertyIds = {
  "active-text": 4,
  "cov-increment": 22,
  description: 28,
  "device-type": 31,
  "event-state": 36,
  "inactive-text": 46,
  location: 58,
  "max-apdu-length-accepted": 62,
  "max-pres-value": 65,
  "min-pres-value": 69,
  "model-name": 70,
  "number-of-states": 74,
  "object-identifier": 75,
  "object-list": 76,
  "object-name": 77,
  "object-type": 79,
  "out-of-service": 81,
  polarity: 84,
  "present-value": 85,
  "priority-array": 87,
  reliability: 103,
  "relinquish-default": 104,
  resolution: 106,
  "segmentation-supported": 107,
  "state-text": 110,
  "status-flags": 111,
  "system-status": 112,
  units: 117,
  "vendor-identifier": 120,
  "vendor-name": 121,
  "firmware-revision": 44,
} as const;

const names = new Map<number, string>(Object.entries(propertyIds).map(([name, id]) => [id, name]));

/** The name of a property, or its number when it has none here. */
export const showProperty = (id: number): string => names.get(id) ?? String(id);

/** Reads a property's name or number; a sentence about what is wrong otherwise. */
export function parseProperty(raw: unknown): number | string {
  const text = String(raw).trim().toLowerCase();
  if (/^\d{1,7}$/.test(text)) return Number(text);
  if (Object.hasOwn(propertyIds, text)) return propertyIds[text as keyof typeof propertyIds];
  return `${JSON.stringify(raw)} is no property that is known by name${didYouMean(text, Object.keys(propertyIds))}; numbers are taken too`;
}
