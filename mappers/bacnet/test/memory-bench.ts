import type { Device, LogFields, Model } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { bacnet } from "../src/index.ts";
import { type EmulatedDevice, EmulatedNode, fanCoil, MemoryNetwork } from "../src/testing/index.ts";

/** Devices on a network of memory, with a clock that only moves when it is told. */
export class MemoryBench {
  readonly clock: ManualClock;
  readonly board: SimBoard;
  readonly network: MemoryNetwork;
  /** Events of the mapper, with their fields. */
  readonly events: { readonly event: string; readonly fields: LogFields }[] = [];

  constructor({ clock = new ManualClock(), network = new MemoryNetwork() } = {}) {
    this.clock = clock;
    this.board = new SimBoard({ clock });
    this.network = network;
    network.attach(this.board);
  }

  /** A fan coil at an address. */
  fanCoil(
    instance: number,
    at = `10.0.0.${instance % 200}:47808`,
    options: Omit<Parameters<typeof fanCoil>[1] & object, "clock"> = {},
  ): EmulatedDevice {
    const device = fanCoil(instance, { ...options, clock: this.clock });
    this.network.plug(at, new EmulatedNode({ device }));
    return device;
  }

  open<M extends Model>(
    model: M,
    visitors: Readonly<Record<string, unknown>>,
    connection: Readonly<Record<string, unknown>>,
  ): Promise<Device<M>> {
    const { board, clock } = this;
    const note = (event: string, fields: LogFields = {}) => void this.events.push({ event, fields });
    const log = { debug: () => {}, info: note, warn: note, error: note };
    return this.run(bacnet.serve(model).open({ connection, visitors }, { board, clock, log })) as Promise<Device<M>>;
  }

  /** Waits for `outcome` while the clock moves from timer to timer. */
  run<T>(outcome: PromiseLike<T>): Promise<T> {
    return this.clock.runUntil(outcome);
  }
}
