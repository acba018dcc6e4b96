import { ble } from "@edgetwin/mapper-ble";
import { controllerPort, SimController, type SimControllerOptions, SimDevice } from "@edgetwin/mapper-ble/testing";
import { type Device, type DeviceConfig, defineModel, type Log, type LogFields, p } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";

/** The port that the controller of a bench is at. */
export const path = "/dev/ttyACM0";
/** The address of the lamp of a bench. */
export const address = "a4:c1:38:00:00:01";
/** A service of the lamp. */
export const service = "0000ff0000001000800000805f9b34fc";

/** A lamp with everything that a connected device can have. */
export const newLamp = (): SimDevice =>
  new SimDevice({
    ...{ address, name: "Lamp", services: [service], intervalMs: 100 },
    gatt: [
      { uuid: "180f", characteristics: [{ uuid: "2a19", uses: ["read", "indicate"], value: Buffer.of(80) }] },
      { uuid: "180d", characteristics: [{ uuid: "2a37", uses: ["notify"], value: Buffer.of(0, 60) }] },
      {
        uuid: service,
        characteristics: [
          { uuid: "fff1", uses: ["read", "write"], value: Buffer.of(7), descriptors: { "2901": Buffer.from("Level") } },
          { uuid: "fff2", uses: ["read", "write"], value: Buffer.of(0xf0) },
          { uuid: "fff3", uses: ["read", "write"], value: Buffer.alloc(40) },
          { uuid: "fff4", uses: ["writeWithoutResponse"] },
        ],
      },
    ],
  });

/** A model for it. */
export const lamp = defineModel("lamp", {
  level: p.int({ min: 0, max: 255, access: "rw" }),
  power: p.boolean({ access: "rw" }),
  label: p.string({ access: "rw" }),
  title: p.string(),
  battery: p.int(),
  rate: p.int(),
});

/** Where its properties live. */
export const visitors = {
  level: { characteristic: "fff1", type: "u8" },
  power: { characteristic: "fff2", type: "u8", bits: { at: 3 } },
  label: { characteristic: "fff3", type: "string", length: 40 },
  title: { characteristic: "fff1", descriptor: "2901", type: "string", length: 5 },
  battery: { characteristic: "battery" },
  rate: { characteristic: "2a37", field: "heartRate" },
};

/** A controller with devices in its range at a port of a simulated board, on a clock that stands still. */
export class Bench {
  readonly clock = new ManualClock();
  readonly board = new SimBoard({ clock: this.clock });
  readonly events: { readonly event: string; readonly fields: LogFields }[] = [];
  readonly controller: SimController;

  constructor(devices: readonly SimDevice[], options: Omit<SimControllerOptions, "clock"> = {}) {
    this.controller = new SimController(devices, { clock: this.clock, ...options });
    this.board.serialPort(path).attach(controllerPort(this.controller));
  }

  readonly log: Log = (() => {
    const tell = (event: string, fields: LogFields = {}) => void this.events.push({ event, fields });
    return { debug: tell, info: tell, warn: tell, error: tell };
  })();

  /** Names of the events in the log, oldest first. */
  get told(): string[] {
    return this.events.map(({ event }) => event);
  }

  /** Runs until `outcome` settles. */
  run<T>(outcome: PromiseLike<T>): Promise<T> {
    return this.clock.runUntil(outcome);
  }

  /** Opens a device, by default the lamp; disposing it lets time pass. */
  async open(
    config: Partial<DeviceConfig> = {},
    model: ReturnType<typeof defineModel> = lamp as never,
  ): Promise<Device> {
    const connection = { adapter: path, address, ...(config.connection as object | undefined) };
    const { board, clock, log } = this;
    const opened = ble.serve(model).open({ visitors, ...config, connection }, { board, clock, log, name: "lamp" });
    const device = await this.run(opened as Promise<Device>);
    return new Proxy(device, {
      get: (target, name) => {
        if (name === Symbol.asyncDispose) return () => this.run(target[Symbol.asyncDispose]());
        const found = Reflect.get(target, name) as unknown;
        return typeof found === "function" ? found.bind(target) : found;
      },
    });
  }
}
