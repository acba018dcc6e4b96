import { clusters, type EmulatedDevice } from "@edgetwin/mapper-zigbee/testing";

/** Attributes of the plug (Zigbee Cluster Library 3.8, 4.9 and 10.4). */
const attributes = {
  onOff: [clusters.onOff, 0],
  /** Tenths of a watt. */
  activePower: [clusters.electrical, 1291],
  /** Milliamperes. */
  current: [clusters.electrical, 1288],
  /** Watt-hours. */
  energy: [clusters.metering, 0],
} as const;

const [heaterWatts, volts] = [1000, 230];

/** An electric heater on the plug, which measures what it takes. */
export class Heater {
  readonly #plug: EmulatedDevice;
  #wattHours: number;

  constructor(plug: EmulatedDevice) {
    this.#plug = plug;
    this.#wattHours = Number(plug.get(...attributes.energy));
  }

  /** The heat that it gives. */
  get watts(): number {
    return this.#plug.get(...attributes.onOff) === true ? heaterWatts : 0;
  }

  /** The plug measures on. */
  pass(seconds: number): void {
    this.#wattHours += (this.watts * seconds) / 3600;
    this.#plug.set(...attributes.activePower, this.watts * 10);
    this.#plug.set(...attributes.current, Math.round((this.watts * 1000) / volts));
    this.#plug.set(...attributes.energy, Math.floor(this.#wattHours));
  }
}
