import type { EmulatorContext, SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { Room, wiring } from "./room.ts";

/** What the manifests say about how a device is reached; which part is there depends on its protocol. */
interface Connection {
  /** Instance of a BACnet device. */
  readonly device?: number | string;
  /** Serial port of a Bluetooth adapter, and address of a sensor. */
  readonly adapter?: string;
  readonly address?: string;
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
 * Connects one device of the manifests to the room behind its board, where its manifest says that it is.
 *
 * @throws Error naming the connection when the room has no such device.
 */
export function startEmulator({ board, clock, connection }: EmulatorContext<Connection>): Disposable {
  if (Number(connection.device) === wiring.fanCoil) return roomOf({ board, clock }).connectFanCoil();
  const { adapter, address } = connection;
  if (adapter !== undefined && address !== undefined)
    return roomOf({ board, clock }).connectThermometer(adapter, address);
  throw new Error(
    `nothing is at ${JSON.stringify(connection)}; the room has a fan coil, BACnet device ${wiring.fanCoil}, and a thermometer with an adapter and an address`,
  );
}
