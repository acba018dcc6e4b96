import { MapperError } from "../../errors.ts";
import type { Mapper } from "../../mapper.ts";
import type { Protocol } from "../../protocol.ts";
import { BusTurns } from "./bus-turns.ts";
import { type DescribedDevice, type DescribedModel, keyOf } from "./device-description.ts";
import { EdgeDevice, type EdgeWorld } from "./edge-device.ts";
import { type EdgePlan, planFor } from "./edge-plan.ts";
import type { Manager, Registered, ReportedTwin } from "./manager.ts";
import { Reporter } from "./reporter.ts";

/** What the devices of a manager are served with. */
export interface EdgecoreParts extends Omit<EdgeWorld, "reporter" | "turns"> {
  readonly parts: readonly (Mapper | Protocol)[];
}

const stopped = "this mapper stops";

/** Devices of one process at most; beyond it a manager has gone wrong. */
const mostDevices = 4096;

/**
 * Serves the devices of a manager that only speaks DMI, EdgeCore above all: opens them, writes what is desired, reads
 * and reports. While an agent of ours drives the process instead, it does nothing.
 */
export class EdgecoreHost implements AsyncDisposable {
  readonly #parts: EdgecoreParts;
  readonly #world: EdgeWorld;
  readonly #reporter: Reporter;
  readonly #models = new Map<string, DescribedModel>();
  readonly #described = new Map<string, DescribedDevice>();
  readonly #devices = new Map<string, EdgeDevice>();
  /** Changes of one device come one after the other. */
  readonly #changes = new Map<string, Promise<unknown>>();
  readonly #buses = new Map<string, BusTurns>();
  #manager: Manager | undefined;
  /** Why nothing may be opened here now. */
  #idle: string | undefined;

  constructor(parts: EdgecoreParts) {
    this.#parts = parts;
    this.#reporter = new Reporter(parts);
    this.#world = { ...parts, reporter: this.#reporter, turns: (bus) => this.#turns(bus) };
  }

  /** Whom to report to; undefined while nobody is there. */
  set manager(manager: Manager | undefined) {
    this.#manager = manager;
    this.#reporter.manager = this.#idle === undefined ? manager : undefined;
  }

  /** An agent of ours has attached, or has left: two must not drive the same hardware. */
  async standBack(back: boolean): Promise<void> {
    if (this.#idle === stopped) return;
    this.#idle = back ? "an Edgetwin agent drives this mapper now; detach it first" : undefined;
    this.#reporter.manager = back ? undefined : this.#manager;
    if (!back) return;
    for (const { plan } of this.#devices.values()) this.#reporter.forget(plan.described);
    await this.#closeAll();
  }

  /** Takes over what a manager answered to the registration. */
  async sync({ models, devices }: Registered): Promise<void> {
    if (this.#idle !== undefined) return;
    for (const model of models) this.#models.set(keyOf(model), model);
    const listed = new Set(devices.map(keyOf));
    // An empty list comes from an EdgeCore that does not know its devices yet; what runs goes on then.
    const gone = listed.size === 0 ? [] : [...this.#described.keys()].filter((key) => !listed.has(key));
    await Promise.all(gone.map((key) => this.removeDevice(key)));
    const running = [...this.#devices.values()];
    await Promise.all(
      devices.map((device) => this.upsertDevice(device).catch((error) => this.#refused(device, error))),
    );
    for (const device of running) device.tellAgain();
  }

  /** Rejects with `CONFIG_INVALID` saying why the device cannot be served; what ran before goes on then. */
  async upsertDevice(described: DescribedDevice): Promise<void> {
    this.#checkDriven();
    const key = keyOf(described);
    if (!this.#described.has(key) && this.#described.size >= mostDevices)
      throw new MapperError("CONFIG_INVALID", `this mapper serves ${mostDevices} devices, which is all it holds`);
    this.#described.set(key, described);
    await this.#change(key, () => this.#apply(key));
  }

  async removeDevice(key: string): Promise<void> {
    this.#described.delete(key);
    await this.#change(key, async () => {
      const device = this.#devices.get(key);
      this.#devices.delete(key);
      await device?.close();
      if (device) this.#reporter.forget(device.plan.described);
    });
    this.#changes.delete(key);
  }

  async upsertModel(model: DescribedModel): Promise<void> {
    this.#checkDriven();
    this.#models.set(keyOf(model), model);
    const concerned = [...this.#described.values()].filter((device) => this.#modelOf(device) === model);
    await Promise.all(
      concerned.map((device) => this.upsertDevice(device).catch((error) => this.#refused(device, error))),
    );
  }

  /** Devices of the model go on until they are removed too. */
  removeModel(key: string): void {
    this.#models.delete(key);
  }

  /** The device of this name, for whoever asks about it. */
  find(key: string): { readonly described: DescribedDevice; readonly twins: readonly ReportedTwin[] } | undefined {
    const described = this.#described.get(key);
    return described && { described, twins: this.#devices.get(key)?.twins ?? [] };
  }

  /** Stops all devices and sends what is still to be told. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#idle = stopped;
    await this.#closeAll();
    await this.#reporter.flush();
    this.#reporter[Symbol.dispose]();
  }

  async #closeAll(): Promise<void> {
    this.#described.clear();
    await Promise.all([...this.#changes.values()]);
    const devices = [...this.#devices.values()];
    this.#devices.clear();
    await Promise.all(devices.map((device) => device.close()));
  }

  #checkDriven(): void {
    if (this.#idle !== undefined) throw new MapperError("CONFIG_INVALID", this.#idle);
  }

  #refused(device: DescribedDevice, error: unknown): void {
    this.#parts.log.error("dmi.device-refused", { device: keyOf(device), error });
  }

  #modelOf({ namespace, model: name }: DescribedDevice): DescribedModel | undefined {
    return this.#models.get(keyOf({ namespace, name }));
  }

  async #apply(key: string): Promise<void> {
    const described = this.#described.get(key);
    if (!described) return;
    for (const problem of described.problems) this.#parts.log.warn("dmi.setting-left-out", { device: key, problem });
    const plan = await planFor(described, this.#modelOf(described), this.#parts.parts);
    if (!plan) {
      this.#parts.log.warn("dmi.device-waits", {
        device: key,
        reason: `its model ${described.model} is not known yet`,
      });
      return;
    }
    const running = this.#devices.get(key);
    if (running && sameWiring(running.plan, plan)) {
      running.update(plan);
      return;
    }
    await running?.close();
    if (this.#described.get(key) === described) this.#devices.set(key, new EdgeDevice(plan, this.#world));
  }

  /** Runs `action` after the changes of this device that came before. */
  async #change(key: string, action: () => Promise<void>): Promise<void> {
    const before = this.#changes.get(key) ?? Promise.resolve();
    const change = before.then(action);
    this.#changes.set(
      key,
      change.catch(() => undefined),
    );
    await change;
  }

  #turns(bus: string): BusTurns {
    const turns = this.#buses.get(bus) ?? new BusTurns();
    this.#buses.set(bus, turns);
    return turns;
  }
}

/** Whether the open device can go on: only what is desired, or how often it is read, has changed. */
function sameWiring(a: EdgePlan, b: EdgePlan): boolean {
  return a.mapper.model.name === b.mapper.model.name && JSON.stringify(wiringOf(a)) === JSON.stringify(wiringOf(b));
}

const wiringOf = ({ config, model, readOnly, mapper }: EdgePlan) => ({
  protocol: mapper.protocol,
  config: sorted(config),
  properties: Object.entries(model.properties).map(([name, { type, access, min, max, options }]) => {
    return [name, type, access, String(min), String(max), options];
  }),
  readOnly: [...readOnly].sort(),
});

/** EdgeCore sends maps in random order. */
function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, sorted(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
