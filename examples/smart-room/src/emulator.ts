import type { EmulatorContext, SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { Room, wiring } from "./room.ts";

/** What the manifests say about how a device is reached; which part is there depends on its protocol. */
interface Connection {
  /** Instance of a BACnet device. */
  readonly device?: number | string;
  /** Serial port of a Bluetooth adapter, and address of a sensor. */
  readonly adapter?: string;
  readonly address?: string;
  /** Where a Zigbee dongle is. */
  readonly path?: string;
  /** Address of a Zigbee device. */
  readonly ieee?: string;
}

/** The devices of one board share one room. */
const rooms = new WeakMap<SimBoard, Room>();

/** The room behind `board`. */
export function roomOf({ board, clock }: Pick<EmulatorContext, "board" | "clock">): Room {
  const room = rooms.get(board) ?? new Room(board, clock);
  rooms.set(board, room);
  return room;
}

/**
 * Connects one device of the manifests to the room behind its board, where its manifest says that it is. Rejects with an
 * error that names the connection when the room has no such device, or the port of the dongle is taken.
 */
export async function startEmulator(context: EmulatorContext<Connection>): Promise<AsyncDisposable | Disposable> {
  const { device, adapter, address, path, ieee } = context.connection;
  const room = roomOf(context);
  if (Number(device) === wiring.fanCoil) return room.connectFanCoil();
  if (ieee !== undefined && wiring.zigbee.includes(ieee)) return { [Symbol.dispose]() {} }; // it comes with the dongle
  if (path?.startsWith(loopback)) return await room.connectDongle(Number(path.slice(loopback.length)));
  if (adapter !== undefined && address !== undefined) return room.connectThermometer(adapter, address);
  throw new Error(
    `nothing is at ${JSON.stringify(context.connection)}; the room has a fan coil, BACnet device ${wiring.fanCoil}, a thermometer with an adapter and an address, a Zigbee dongle at ${loopback}PORT, and in its network ${wiring.zigbee.join(" and ")}`,
  );
}

const loopback = "tcp://127.0.0.1:";
