import type { EmulatorContext, SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { Greenhouse, wiring } from "./greenhouse.ts";

/** What the manifests say about how a device is reached; which part is there depends on its protocol. */
interface Connection {
  readonly chip?: string;
  readonly bus?: number | string;
  readonly address?: number | string;
  readonly path?: string;
  readonly baudRate?: number;
  readonly unit?: number;
}

/** The devices of one board share one greenhouse. */
const greenhouses = new WeakMap<SimBoard, Greenhouse>();

/**
 * Connects one device of the manifests to the greenhouse behind its board, where its manifest says that it is.
 *
 * @throws Error naming the connection when the greenhouse has no such device.
 */
export function startEmulator({ board, clock, connection }: EmulatorContext<Connection>): Disposable {
  const greenhouse = greenhouses.get(board) ?? new Greenhouse(board, clock);
  greenhouses.set(board, greenhouse);
  const { chip, bus = 1, address, path, baudRate = 9600, unit = 1 } = connection;
  const place = { bus, ...(address !== undefined && { address: Number(address) }) };
  const { meter, relays } = wiring.units;
  if (chip === "bme280") return greenhouse.connectInside(place);
  if (chip === "sht31") return greenhouse.connectOutside(place);
  if (path !== undefined && (unit === meter || unit === relays)) return greenhouse.connectLine(path, baudRate);
  if (chip === undefined && path === undefined) return greenhouse.connectFan();
  const known = `a bme280, an sht31, the meter (unit ${meter}), relays (unit ${relays}) and a fan on ${wiring.fan}`;
  throw new Error(`nothing is at ${JSON.stringify(connection)}; the greenhouse has ${known}`);
}
