import type { Core } from "../core.ts";
import type { Bus, BusHandler } from "./bus.ts";
import { type DeviceRequest, parseDeviceTopic, requestFilters } from "./device-topics.ts";
import { GetRequests } from "./get-requests.ts";
import { Membership, membershipFilter } from "./membership.ts";
import { StateRequests } from "./state-requests.ts";
import { TwinPublisher } from "./twin-publisher.ts";
import { UpdateRequests } from "./update-requests.ts";

export interface TwinTopicsOptions {
  readonly bus: Bus;
  readonly core: Pick<Core, "node" | "engine" | "registry" | "clock" | "log">;
}

/**
 * Connects the twins with the message bus: all device topics of KubeEdge, in both forms. docs/reference/mqtt-topics.md
 * lists them. Disposing disconnects them; the bus stays open.
 */
export function connectTwinTopics({ bus, core }: TwinTopicsOptions): Disposable {
  const { engine, clock, registry } = core;
  const publisher = new TwinPublisher(bus, clock);
  const updates = new UpdateRequests({ bus, engine, clock, publisher });
  const gets = new GetRequests({ bus, engine, clock });
  const states = new StateRequests({ bus, engine, clock });
  const membership = new Membership({ bus, node: core.node, registry, engine, clock });

  const subscribe = (request: DeviceRequest, handler: BusHandler) =>
    requestFilters(request).map((filter) => bus.subscribe(filter, handler));
  const release = [
    ...subscribe("twin/update", (message) => updates.handle(message)),
    ...subscribe("twin/get", (message) => gets.handle(message)),
    ...subscribe("state/update", (message) => states.handle(message)),
    bus.subscribe(membershipFilter, (message) => membership.handle(message)),
    registry.onChange((change) => membership.changed(change)),
    engine.onApplied((applied) => updates.applied(applied)),
    bus.onSubscribed((client, filter) => {
      gets.subscribed(client, filter);
      tellNewListener(client, filter);
    }),
    bus.onConnected(() => {
      for (const device of engine.devices()) publisher.delta(device);
    }),
    () => gets[Symbol.dispose](),
  ];

  /** A mapper that starts to listen gets at once what it missed; it need not report first to be told. */
  function tellNewListener(client: string, topic: string): void {
    const address = parseDeviceTopic(topic, "twin/update/delta");
    const device = address && engine.device(address.device);
    if (device) publisher.delta(device, { client, topic });
  }

  return {
    [Symbol.dispose]() {
      for (const action of release.reverse()) action();
    },
  };
}
