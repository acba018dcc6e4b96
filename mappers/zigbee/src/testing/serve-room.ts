import { type Clock, systemClock } from "@edgetwin/mapper-sdk";
import { colorBulb, meteringPlug } from "./devices.ts";
import type { EmulatedDevice } from "./emulated-device.ts";
import { type ServedZnp, serveZnp } from "./serve-znp.ts";
import { ZnpCoordinator } from "./znp-coordinator.ts";

/** A dongle with a lamp and a plug that are in its network as soon as that runs. */
export interface ServedRoom extends AsyncDisposable {
  /** For `path` of the dongle's Device. */
  readonly path: string;
  readonly bulb: EmulatedDevice;
  readonly plug: EmulatedDevice;
  readonly coordinator: ZnpCoordinator;
  readonly served: ServedZnp;
}

/** How often the devices look whether the network is there. */
const lookMs = 500;

/**
 * Serves a room on loopback. The lamp and the plug join by themselves, also a network that is formed anew.
 * @param options.port 0 takes a free one.
 */
export async function serveRoom({ clock = systemClock as Clock, port = 0 } = {}): Promise<ServedRoom> {
  const coordinator = new ZnpCoordinator({ clock });
  const served = await serveZnp(coordinator, port);
  const [bulb, plug] = [colorBulb(), meteringPlug()];
  let timer = clock.after(lookMs, look);
  function look(): void {
    for (const device of [bulb, plug])
      if (coordinator.isRunning && !coordinator.devices.includes(device)) coordinator.admit(device);
    timer = clock.after(lookMs, look);
  }
  return {
    path: served.path,
    bulb,
    plug,
    coordinator,
    served,
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}
