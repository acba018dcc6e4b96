import { type Clock, Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { modelOf as sdkModelOf } from "@edgetwin/models";
import type { IClientOptions } from "mqtt";
import type { Bus } from "../../src/bus/bus.ts";
import { type EmbeddedBusOptions, openEmbeddedBus } from "../../src/bus/embedded.ts";
import { connectTwinTopics } from "../../src/bus/twin-topics.ts";
import type { Core } from "../../src/core.ts";
import { createEngine } from "../../src/twin/create-engine.ts";
import type { DeviceShape, Origin, Outcome, RawValue } from "../../src/twin/types.ts";
import { FakeStore } from "../support/fake-store.ts";
import { TestClient } from "./mqtt-client.ts";
import { type DeviceSketch, TestRegistry } from "./test-registry.ts";

const nothingStored = { resources: [], twins: [], health: [], notices: [] };

export const operator: Origin = { door: "rest", actor: "operator" };

/** The engine, a registry and a store in memory: everything a bus is connected with. */
export interface TestCore extends Core {
  readonly store: FakeStore;
  readonly registry: TestRegistry;
  /** Applies a device: its model becomes its shape, its desired values are set. */
  addDevice(sketch: DeviceSketch, desired?: Readonly<Record<string, string>>): Promise<void>;
  removeDevice(id: string): void;
  /** Desired values through another door than the bus. */
  desire(id: string, desired: Readonly<Record<string, string | null>>): Promise<Outcome>;
  /** Reported value of a property, or undefined. */
  reported(id: string, property: string): unknown;
}

export function createTestCore(clock: Clock = systemClock): TestCore & AsyncDisposable {
  const store = new FakeStore();
  const registry = new TestRegistry();
  const engine = createEngine({ store, clock, log: silentLog, stored: nothingStored });

  async function addDevice(sketch: DeviceSketch, desired?: Readonly<Record<string, string>>): Promise<void> {
    const known = engine.device(sketch.id);
    if (!known) engine.add({ id: sketch.id, uid: `uid-${sketch.id}` });
    const properties = sketch.model ? sdkModelOf(sketch.model).model.properties : {};
    const shape: DeviceShape = { properties: new Map(Object.entries(properties)), served: sketch.mapper !== undefined };
    await engine.submit(sketch.id, { kind: "configure", at: clock.now(), origin: operator, shape });
    if (desired) await desire(sketch.id, desired);
    registry.put(sketch);
  }

  async function desire(id: string, desired: Readonly<Record<string, string | null>>): Promise<Outcome> {
    const raw: Record<string, RawValue | null> = {};
    for (const [name, text] of Object.entries(desired)) raw[name] = text === null ? null : { text };
    return engine.submit(id, { kind: "change", at: clock.now(), origin: operator, desired: raw });
  }

  return {
    node: "rec-mqtt",
    engine,
    registry,
    store,
    clock,
    log: silentLog,
    addDevice,
    desire,
    removeDevice(id) {
      engine.remove(id);
      registry.take(id);
    },
    reported: (id, property) => engine.device(id)?.twins.get(property)?.reported?.value,
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

/** An agent as far as the bus is concerned, with its own broker on a free port. */
export interface TestNode extends AsyncDisposable {
  readonly core: TestCore;
  readonly bus: Bus;
  readonly port: number;
  client(options?: IClientOptions): Promise<TestClient>;
}

export async function openTestNode(
  options: Partial<EmbeddedBusOptions> & { readonly core?: TestCore } = {},
): Promise<TestNode> {
  const scope = new Scope();
  const { core = scope.use(createTestCore(options.clock)), ...busOptions } = options;
  const endpoints = [{ host: "127.0.0.1", port: 0 }];
  const bus = scope.use(await openEmbeddedBus({ clock: core.clock, log: silentLog, endpoints, ...busOptions }));
  scope.use(connectTwinTopics({ bus, core }));
  const port = bus.endpoints[0]?.port ?? 0;
  return {
    core,
    bus,
    port,
    client: async (clientOptions) => scope.use(await TestClient.open(port, clientOptions)),
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}
