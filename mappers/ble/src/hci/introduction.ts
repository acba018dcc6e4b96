import { addressBytes } from "./address.ts";
import type { Advertisement } from "./advertisement.ts";
import { packetKind } from "./h4-parser.ts";
import { event, subevent } from "./opcodes.ts";

/** An advertising report that says of a device only that it is there and can be connected. */
export function introduction({ address, addressType }: Advertisement): Buffer {
  const connectable = 0x00;
  const unknownRssi = 127;
  const report = Buffer.concat([
    Buffer.of(subevent.advertisingReport, 1, connectable, addressType === "random" ? 1 : 0),
    addressBytes(address),
    Buffer.of(0, unknownRssi),
  ]);
  return Buffer.concat([Buffer.of(packetKind.event, event.leMeta, report.length), report]);
}
