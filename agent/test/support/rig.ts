import { type Board, type DeviceConfig, silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard, settle } from "@edgetwin/mapper-sdk/testing";
import { BusQueues } from "../../src/runner/bus-queues.ts";
import { DeviceRunner } from "../../src/runner/device-runner.ts";
import type { ServedPlan } from "../../src/runner/plan.ts";
import { defaultLimits } from "../../src/runner/session.ts";
import { createEngine } from "../../src/twin/create-engine.ts";
import type { PropertyTwin } from "../../src/twin/types.ts";
import { light, shapeOf, somebody } from "./devices.ts";
import { FakeStore } from "./fake-store.ts";
import { lampMapper } from "./lamp-mapper.ts";

/** Lamps on GPIO17 and GPIO27. */
export const lampConfig: DeviceConfig = { visitors: { red: { pin: 17 }, green: { pin: 27 } } };

/** The plan of a device with two lamps. */
export const lampPlan = (config: DeviceConfig = lampConfig, cycleMs = 1000): ServedPlan => ({
  kind: "served",
  part: lampMapper,
  source: "lamps",
  mapper: lampMapper,
  config,
  shape: shapeOf(light),
  cycles: new Map(Object.keys(light.properties).map((name) => [name, cycleMs])),
  filters: new Map(),
});

/** An agent's inner parts on a simulated board with a clock that stands still. */
export class Rig {
  readonly clock: ManualClock;
  readonly board: SimBoard;
  readonly store: FakeStore;
  readonly engine: ReturnType<typeof createEngine>;
  readonly queues: BusQueues;

  constructor(parts: Pick<Rig, "clock" | "board" | "store" | "engine">) {
    this.clock = parts.clock;
    this.board = parts.board;
    this.store = parts.store;
    this.engine = parts.engine;
    this.queues = new BusQueues(parts.clock);
  }

  /** Starts on what `store` holds and with the board as it is: a restart when they come from another rig. */
  static async start({
    store = new FakeStore(),
    board = new SimBoard(),
    clock = new ManualClock(),
  } = {}): Promise<Rig> {
    const engine = createEngine({ store, clock, log: silentLog, stored: await store.load() });
    return new Rig({ store, board, clock, engine });
  }

  /** A runner for device `id`, configured and given time to open it. */
  async run(id = "default/light", plan = lampPlan(), board: Board = this.board): Promise<DeviceRunner> {
    this.engine.add({ id, uid: `uid of ${id}` });
    await this.engine.submit(id, { kind: "configure", at: this.clock.now(), origin: somebody, shape: plan.shape });
    const { engine, queues, clock } = this;
    const runner = new DeviceRunner({
      id,
      engine,
      board,
      queues,
      clock,
      log: silentLog,
      random: () => 0.5,
      limits: defaultLimits,
      onState() {},
    });
    this.engine.onDeliver((device) => device === id && runner.wake());
    await runner.configure(plan);
    await settle();
    await this.clock.advance(0);
    return runner;
  }

  /** Desires values and gives the runner the time it needs without any timer. */
  async desire(desired: Readonly<Record<string, string>>, id = "default/light"): Promise<void> {
    const entries = Object.entries(desired).map(([name, text]) => [name, { text }] as const);
    const at = this.clock.now();
    await this.engine.submit(id, { kind: "change", at, origin: somebody, desired: Object.fromEntries(entries) });
    await this.clock.advance(0);
    await settle();
  }

  twin(name: string, id = "default/light"): PropertyTwin {
    const twin = this.engine.device(id)?.twins.get(name);
    if (!twin) throw new Error(`no twin ${name}`);
    return twin;
  }

  /** The levels that were written to a pin, in order. */
  writes(pin: number): string[] {
    const prefix = `GPIO${pin} set `;
    return this.board.faults.trace.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  }
}
