import { uuidBytes } from "../hci/uuid.ts";

/** What a device says in its advertisements. */
export interface Advertised {
  readonly name?: string;
  readonly services?: readonly string[];
  readonly serviceData?: Readonly<Record<string, Uint8Array>>;
  /** By company identifier. */
  readonly manufacturerData?: Readonly<Record<number, Uint8Array>>;
}

const structure = (type: number, ...body: Uint8Array[]): Buffer => {
  const bytes = Buffer.concat(body);
  return Buffer.concat([Buffer.of(bytes.length + 1, type), bytes]);
};

/** LE General Discoverable, no BR/EDR (Supplement to the Core specification, part A 1.3). */
const flags = structure(0x01, Buffer.of(0x06));

/** The bytes of an advertisement, the name apart, as it goes into the scan response. */
export function advertisingData({ services = [], serviceData = {}, manufacturerData = {} }: Advertised): Buffer {
  const short = services.filter((uuid) => uuid.length === 4).map(uuidBytes);
  const long = services.filter((uuid) => uuid.length === 32).map(uuidBytes);
  return Buffer.concat([
    flags,
    ...(short.length > 0 ? [structure(0x03, ...short)] : []),
    ...(long.length > 0 ? [structure(0x07, ...long)] : []),
    ...Object.entries(serviceData).map(([uuid, data]) =>
      structure(uuid.length === 4 ? 0x16 : 0x21, uuidBytes(uuid), data),
    ),
    ...Object.entries(manufacturerData).map(([company, data]) =>
      structure(0xff, Buffer.of(Number(company) & 0xff, Number(company) >> 8), data),
    ),
  ]);
}

/** The bytes of a scan response, or of an advertisement that has room for the name. */
export const nameData = (name: string): Buffer => structure(0x09, Buffer.from(name));
