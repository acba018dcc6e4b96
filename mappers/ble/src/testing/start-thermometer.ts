import { type Clock, systemClock } from "@edgetwin/mapper-sdk";
import type { SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { controllerPort } from "./controller-port.ts";
import { bthomeAdvertised, type Climate } from "./sensor-payloads.ts";
import { SimController } from "./sim-controller.ts";
import { SimDevice } from "./sim-device.ts";

/** A simulated thermometer in the range of a simulated controller. */
export interface SimThermometer extends Disposable {
  readonly device: SimDevice;
  readonly controller: SimController;
  /** What it measures from now on. */
  measure(climate: Climate): void;
}

/**
 * Puts a controller at the far end of a serial port of a simulated board, with a BTHome thermometer in its range: what a
 * device with `adapter: /dev/ttyACM0`, the thermometer's `address` and `format: bthome` reads.
 */
export function startThermometer(
  board: SimBoard,
  {
    clock = systemClock,
    path = "/dev/ttyACM0",
    address = "a4:c1:38:00:00:01",
    name = "Room",
    intervalMs = 1000,
  }: {
    readonly clock?: Clock;
    readonly path?: string;
    readonly address?: string;
    readonly name?: string;
    readonly intervalMs?: number;
  } = {},
): SimThermometer {
  let packetId = 0;
  const device = new SimDevice({ address, name, intervalMs });
  const measure = (climate: Climate) => {
    packetId = (packetId + 1) & 0xff;
    device.advertised = { name, ...bthomeAdvertised({ ...climate, packetId }) };
  };
  measure({ temperature: 21.5, humidity: 45, battery: 90 });
  const controller = new SimController([device], { clock });
  const detach = board.serialPort(path).attach(controllerPort(controller));
  return {
    device,
    controller,
    measure,
    [Symbol.dispose]() {
      detach();
      controller.powerCycle();
    },
  };
}
