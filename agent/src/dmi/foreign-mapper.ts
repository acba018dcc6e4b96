import { type Clock, defineProtocol, type Log, MapperError, type Schema, type Value } from "@edgetwin/mapper-sdk";
import type { Device, DeviceModel } from "@edgetwin/models";
import type { ForeignPart } from "../registry/foreign-part.ts";
import type { Dialect, Encoding, Named } from "./dialect.ts";
import { canWrite, foreignDevice, type Lookup, reportEveryMs } from "./foreign-device.ts";
import { ForeignSession } from "./foreign-session.ts";
import { digest, type Held } from "./held.ts";
import { Reports } from "./reports.ts";

/** What is known about one mapper of KubeEdge and needed to drive it. */
export interface ForeignMapperParts {
  readonly name: string;
  readonly protocol: string;
  readonly lookup: Lookup;
  readonly encoding: Encoding;
  readonly clock: Clock;
  readonly log: Log;
  /** What the mapper holds already: it outlives connections, and the agent. */
  readonly held: Held;
  /** Called when `held` changed in a way that has to survive the agent. */
  readonly onHeld: () => void;
}

/** Settings are the mapper's own business: whatever a manifest says is passed on. */
const anything: Schema<unknown, unknown> = {
  "~standard": { version: 1, vendor: "edgetwin", validate: (value) => ({ value }) },
};

/** What the answer to a registration has. */
export interface Handed {
  readonly devices: readonly Device[];
  readonly models: readonly DeviceModel[];
}

interface Open {
  readonly desired: Map<string, Value>;
}

/**
 * Drives one mapper of KubeEdge by the rules under which it survives: the model before its device, updates only when
 * something really changed, a removal once, and never a question.
 */
export class ForeignMapper {
  readonly part: ForeignPart;
  readonly #parts: ForeignMapperParts;
  readonly #reports = new Map<string, Reports>();
  readonly #open = new Map<string, Open>();
  #dialect: Dialect | undefined;
  /** Calls to the mapper go one after the other, as EdgeCore makes them. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Map<string, Promise<void>>();

  constructor(parts: ForeignMapperParts) {
    this.#parts = parts;
    const protocol = defineProtocol({
      protocol: parts.protocol,
      connection: anything,
      visitor: anything,
      open: ({ name, initial }) => this.#openDevice(name, initial),
      read: ({ session, name, signal }) => session.read(name, signal),
      write: ({ session, name, property }, value) => {
        if (canWrite(property.type)) return session.write(name, property.toTwin(property.accept(value)));
        throw new MapperError("VALUE_INVALID", `a mapper of KubeEdge cannot write ${property.type}: ${name}`);
      },
      watch: ({ session, name, signal }) => session.watch(name, signal),
    });
    this.part = { ...protocol, foreign: true, patienceMs };
  }

  /** Calls go over this connection from now on; undefined while there is none. */
  connected(dialect: Dialect | undefined): void {
    this.#dialect = dialect;
    if (!dialect) this.#open.clear();
  }

  /** A new process: it knows nothing of what the one before was given. */
  forgetAll(): void {
    this.#parts.held.devices.clear();
    this.#parts.held.models.clear();
    this.#parts.onHeld();
  }

  /** What it is to drive, for the answer to its registration; from then on it holds them. */
  hand(ids: readonly string[], desiredOf: (id: string) => ReadonlyMap<string, Value>): Handed {
    const { lookup, held, encoding, log, name } = this.#parts;
    const devices: Device[] = [];
    const models = new Map<string, DeviceModel>();
    for (const id of ids) {
      const found = lookup(id);
      if (!found) continue;
      try {
        const device = foreignDevice({ ...found, desired: desiredOf(id) });
        held.models.set(modelId(found.model), digest(encoding.modelBytes(found.model)));
        held.devices.set(id, { whole: digest(encoding.deviceBytes(device)), settings: this.#settings(found) });
        models.set(modelId(found.model), found.model);
        devices.push(device);
      } catch (error) {
        log.warn("device cannot be told to its mapper", { device: id, mapper: name, error });
      }
    }
    this.#parts.onHeld();
    return { devices, models: [...models.values()] };
  }

  /** Takes a value that the mapper reported. */
  report(id: string, name: string, value: Value): void {
    this.#reportsOf(id).put(name, { value, at: this.#parts.clock.monotonic() });
  }

  /** A model was deleted: the mapper is told once, if it was ever given. */
  removeModel(id: string): void {
    const { held, log, name, onHeld } = this.#parts;
    if (!this.#dialect || !held.models.delete(id)) return;
    onHeld();
    this.#inTurn((dialect) => dialect.removeModel(named(id))).catch((error: unknown) =>
      log.warn("mapper did not forget a model", { model: id, mapper: name, error }),
    );
  }

  /** Tells the mapper what changed in the manifest of a device that is open. */
  changed(id: string): void {
    const open = this.#open.get(id);
    if (!open || this.#hasStill(id)) return;
    this.#sync(id, open.desired).catch((error: unknown) =>
      this.#parts.log.warn("mapper did not take a change", { device: id, mapper: this.#parts.name, error }),
    );
  }

  /** The device is no longer the mapper's: told once, if it was ever given. */
  remove(id: string): void {
    this.#open.delete(id);
    this.#reports.delete(id);
    const { held, log, name } = this.#parts;
    if (!this.#dialect || !held.devices.delete(id)) return;
    this.#parts.onHeld();
    this.#inTurn((dialect) => dialect.removeDevice(named(id))).catch((error: unknown) =>
      log.warn("mapper did not forget a device", { device: id, mapper: name, error }),
    );
  }

  /** Devices that the mapper still holds although nobody wants it to. */
  reconcile(isWanted: (id: string) => boolean): void {
    for (const id of [...this.#parts.held.devices.keys()]) if (!isWanted(id)) this.remove(id);
  }

  async #openDevice(id: string, initial: Readonly<Record<string, Value>>): Promise<ForeignSession> {
    const { clock, name, lookup } = this.#parts;
    const desired = new Map(Object.entries(initial));
    // A mapper that was given the device by another run of the agent has it still; what it shows decides what to write.
    if (!this.#hasStill(id)) await this.#sync(id, desired);
    this.#open.set(id, { desired });
    return new ForeignSession({
      mapper: name,
      reports: this.#reportsOf(id),
      clock,
      desired,
      sync: (wanted) => this.#sync(id, wanted),
      everyMs: (property) => {
        const found = lookup(id);
        return found ? reportEveryMs(found, property) : 1_000;
      },
    });
  }

  #hasStill(id: string): boolean {
    const [found, before] = [this.#parts.lookup(id), this.#parts.held.devices.get(id)];
    if (!found || !before || before.whole !== undefined) return false;
    return before.settings === this.#settings(found);
  }

  /** Brings the mapper to what the manifest and `desired` say. What is written in one turn goes in one update. */
  #sync(id: string, desired: ReadonlyMap<string, Value>): Promise<void> {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) return waiting;
    const synced = new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
      this.#inTurn(async (dialect) => {
        this.#waiting.delete(id);
        await this.#tell(dialect, id, desired);
      }),
    );
    this.#waiting.set(id, synced);
    const done = () => {
      if (this.#waiting.get(id) === synced) this.#waiting.delete(id);
    };
    synced.then(done, done);
    return synced;
  }

  async #tell(dialect: Dialect, id: string, desired: ReadonlyMap<string, Value>): Promise<void> {
    const { lookup, held, onHeld, encoding, log, name } = this.#parts;
    const found = lookup(id);
    if (!found) throw new MapperError("DEVICE_ABORTED", `${id} has been deleted`);
    const device = foreignDevice({ ...found, desired });
    const now = { whole: digest(encoding.deviceBytes(device)), settings: this.#settings(found) };
    const before = held.devices.get(id);
    await this.#tellModel(dialect, found.model);
    if (before === undefined) await dialect.registerDevice(device);
    else if (before.whole !== now.whole) await dialect.updateDevice(device);
    else return;
    log.debug("told a mapper about a device", { device: id, mapper: name });
    held.devices.set(id, now);
    if (before?.settings !== now.settings) onHeld();
  }

  async #tellModel(dialect: Dialect, model: DeviceModel): Promise<void> {
    const { held, onHeld, encoding } = this.#parts;
    const id = modelId(model);
    const now = digest(encoding.modelBytes(model));
    const before = held.models.get(id);
    if (before === now) return;
    if (before === undefined) await dialect.createModel(model);
    else await dialect.updateModel(model);
    held.models.set(id, now);
    onHeld();
  }

  /** Everything about a device but what is desired. */
  #settings(found: { readonly device: Device; readonly model: DeviceModel }): string {
    return digest(this.#parts.encoding.deviceBytes(foreignDevice({ ...found, desired: new Map() })));
  }

  #inTurn<T>(action: (dialect: Dialect) => Promise<T>): Promise<T> {
    const run = async () => {
      const dialect = this.#dialect;
      if (!dialect) throw new MapperError("DEVICE_IO", `its mapper ${this.#parts.name} is not running`);
      return await action(dialect);
    };
    const done = this.#turn.then(run, run);
    this.#turn = done;
    return done;
  }

  #reportsOf(id: string): Reports {
    const known = this.#reports.get(id);
    if (known) return known;
    const reports = new Reports();
    this.#reports.set(id, reports);
    return reports;
  }
}

/** A write is read back with the report after the next: the first may have been on its way already. */
function patienceMs(device: Device): number {
  const names = (device.spec.properties ?? []).map(({ name }) => name);
  return 2 * Math.max(0, ...names.map((name) => reportEveryMs({ device }, name))) + 2_000;
}

const modelId = ({ metadata }: DeviceModel): string => `${metadata.namespace ?? "default"}/${metadata.name}`;

function named(id: string): Named {
  const slash = id.indexOf("/");
  return { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}
