import { addressFrom } from "./address.ts";
import { uuidFrom } from "./uuid.ts";

/** One advertising report: what a device said at one instant. */
export interface Advertisement {
  /** `"a4:c1:38:0a:0b:0c"`. */
  readonly address: string;
  readonly addressType: "public" | "random";
  readonly connectable: boolean;
  /** It is the answer to a question of an active scan. */
  readonly isScanResponse: boolean;
  /** In dBm; undefined when the controller does not know. */
  readonly rssi: number | undefined;
  readonly name: string | undefined;
  /** UUIDs as `uuidOf` writes them. */
  readonly services: readonly string[];
  readonly serviceData: ReadonlyMap<string, Uint8Array>;
  /** By company identifier. */
  readonly manufacturerData: ReadonlyMap<number, Uint8Array>;
  /** Everything as it was sent. */
  readonly data: Uint8Array;
}

/** Types of advertising data (Assigned Numbers 2.3). */
const incomplete16 = 0x02;
const complete16 = 0x03;
const incomplete32 = 0x04;
const complete32 = 0x05;
const incomplete128 = 0x06;
const complete128 = 0x07;
const shortenedName = 0x08;
const completeName = 0x09;
const serviceData16 = 0x16;
const serviceData32 = 0x20;
const serviceData128 = 0x21;
const manufacturerSpecific = 0xff;

const listedUuidBytes: Readonly<Record<number, number>> = {
  [incomplete16]: 2,
  [complete16]: 2,
  [incomplete32]: 4,
  [complete32]: 4,
  [incomplete128]: 16,
  [complete128]: 16,
};
const serviceDataUuidBytes: Readonly<Record<number, number>> = {
  [serviceData16]: 2,
  [serviceData32]: 4,
  [serviceData128]: 16,
};

/** What advertising data says; a structure that ends beyond the data ends the reading, as the specification demands. */
export function parseAdvertisingData(
  data: Uint8Array,
): Pick<Advertisement, "name" | "services" | "serviceData" | "manufacturerData" | "data"> {
  let name: string | undefined;
  const services: string[] = [];
  const serviceData = new Map<string, Uint8Array>();
  const manufacturerData = new Map<number, Uint8Array>();
  for (let at = 0; at + 1 < data.length; ) {
    const length = data[at] as number;
    const end = at + 1 + length;
    if (length === 0 || end > data.length) break;
    const type = data[at + 1] as number;
    const body = data.subarray(at + 2, end);
    at = end;
    const listed = listedUuidBytes[type];
    const keyed = serviceDataUuidBytes[type];
    if (listed) {
      for (let first = 0; first + listed <= body.length; first += listed)
        services.push(uuidFrom(body.subarray(first, first + listed)));
    } else if (keyed) {
      if (body.length >= keyed) serviceData.set(uuidFrom(body.subarray(0, keyed)), body.subarray(keyed));
    } else if (type === shortenedName || type === completeName) {
      if (name === undefined || type === completeName) name = textOf(body);
    } else if (type === manufacturerSpecific && body.length >= 2) {
      manufacturerData.set((body[0] as number) | ((body[1] as number) << 8), body.subarray(2));
    }
  }
  return { name, services, serviceData, manufacturerData, data };
}

/** Without the zeros that some devices fill the name up with. */
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8").replace(/\0+$/, "");

/** Event types of a report (Core 5.4, volume 4, part E 7.7.65.2). */
const connectableTypes = new Set([0x00, 0x01]);
const scanResponse = 0x04;
/** Where the controller does not know how strong the signal was. */
const unknownRssi = 127;

/**
 * The reports of an LE Advertising Report event, `parameters` beginning with the number of reports. What is cut off is
 * left out.
 */
export function parseAdvertisingReports(parameters: Uint8Array): Advertisement[] {
  const reports: Advertisement[] = [];
  let at = 1;
  for (let left = parameters[0] ?? 0; left > 0; left--) {
    const length = parameters[at + 8];
    if (length === undefined || at + 10 + length > parameters.length) break;
    const type = parameters[at] as number;
    const rssi = ((parameters[at + 9 + length] as number) << 24) >> 24;
    reports.push({
      address: addressFrom(parameters.subarray(at + 2, at + 8)),
      addressType: parameters[at + 1] === 0 || parameters[at + 1] === 2 ? "public" : "random",
      connectable: connectableTypes.has(type),
      isScanResponse: type === scanResponse,
      rssi: rssi === unknownRssi ? undefined : rssi,
      ...parseAdvertisingData(parameters.slice(at + 9, at + 9 + length)),
    });
    at += 10 + length;
  }
  return reports;
}
