import { join, u16 } from "./bytes.ts";

/** A frame of the Zigbee Cluster Library (2.4.1). */
export interface ZclFrame {
  /** For the whole profile (read, write, report), or for one cluster (on, off, move to level). */
  readonly scope: "global" | "cluster";
  readonly fromServer: boolean;
  /** The sender wants no default response when all is well. */
  readonly quiet: boolean;
  readonly manufacturer: number | undefined;
  readonly sequence: number;
  readonly command: number;
  readonly payload: Buffer;
}

/** General commands (Zigbee Cluster Library 2.5, table 2-3). */
export const zclGlobal = {
  readAttributes: 0x00,
  readAttributesResponse: 0x01,
  writeAttributes: 0x02,
  writeAttributesResponse: 0x04,
  configureReporting: 0x06,
  configureReportingResponse: 0x07,
  reportAttributes: 0x0a,
  defaultResponse: 0x0b,
} as const;

/** Status codes (Zigbee Cluster Library 2.6.3, table 2-12). */
export const zclStatus = {
  success: 0x00,
  unsupportedCommand: 0x81,
  unsupportedAttribute: 0x86,
  readOnly: 0x88,
  invalidDataType: 0x8d,
  unsupportedCluster: 0xc3,
} as const;

/** The frame as bytes. */
export function encodeZclFrame(frame: ZclFrame): Buffer {
  const { scope, fromServer, quiet, manufacturer, sequence, command, payload } = frame;
  const control =
    (scope === "cluster" ? 0x01 : 0) |
    (manufacturer === undefined ? 0 : 0x04) |
    (fromServer ? 0x08 : 0) |
    (quiet ? 0x10 : 0);
  const maker = manufacturer === undefined ? Buffer.alloc(0) : u16(manufacturer);
  return join(control, maker, sequence, command, payload);
}

/** The frame in `bytes`. @throws RangeError when they end inside of its header. */
export function decodeZclFrame(bytes: Buffer): ZclFrame {
  const control = bytes.readUInt8(0);
  const hasMaker = (control & 0x04) !== 0;
  const at = hasMaker ? 3 : 1;
  return {
    scope: (control & 0x03) === 1 ? "cluster" : "global",
    fromServer: (control & 0x08) !== 0,
    quiet: (control & 0x10) !== 0,
    manufacturer: hasMaker ? bytes.readUInt16LE(1) : undefined,
    sequence: bytes.readUInt8(at),
    command: bytes.readUInt8(at + 1),
    payload: Buffer.from(bytes.subarray(at + 2)),
  };
}
