import type { RemoteStation } from "../wire/npdu.ts";
import type { UdpAddress } from "../wire/udp-address.ts";

/** How a device is reached: over UDP, and behind a router by its address on another network. */
export interface Station {
  readonly udp: UdpAddress;
  readonly remote?: RemoteStation;
}

/** Two stations are one when their keys are: `"10.0.0.5:47808"`, `"10.0.0.1:47808 2001:0c"`. */
export const stationKey = ({ udp, remote }: Station): string =>
  remote ? `${udp} ${remote.network}:${Buffer.from(remote.mac).toString("hex")}` : udp;
