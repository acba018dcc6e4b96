import type { AddressInfo, Server, Socket } from "node:net";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { Scope } from "@edgetwin/mapper-sdk";
import { Broker } from "./broker.ts";
import type { Bus } from "./bus.ts";
import { type BrokerLimits, defaultBrokerLimits } from "./limits.ts";
import { type Endpoint, listen } from "./listen.ts";

export interface EmbeddedBusOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Default: 127.0.0.1:1883. Old KubeEdge mappers may also need 127.0.0.1:1884. Anonymous, so loopback is the only protection. */
  readonly endpoints?: readonly Endpoint[];
  readonly limits?: Partial<BrokerLimits>;
}

/** The bus with its own broker, and where it listens. */
export interface EmbeddedBus extends Bus {
  readonly endpoints: readonly Endpoint[];
}

/** Where stock KubeEdge mappers look for the broker. */
const defaultEndpoint: Endpoint = { host: "127.0.0.1", port: 1883 };

/**
 * Starts the MQTT 3.1.1 broker inside this process. A message for the agent is acknowledged (PUBACK) only after the
 * agent's handler is done with it.
 *
 * @throws AgentError `START_FAILED` when a port cannot be had.
 */
export async function openEmbeddedBus(options: EmbeddedBusOptions): Promise<EmbeddedBus> {
  const { endpoints = [defaultEndpoint], limits, ...parts } = options;
  const owned = new Scope();
  try {
    const broker = owned.use(await Broker.start({ ...parts, limits: { ...defaultBrokerLimits, ...limits } }));
    const open: Endpoint[] = [];
    // Nobody is served before the caller had a chance to subscribe: what is acknowledged must have been handled.
    const early: Socket[] = [];
    let accept = (socket: Socket): void => {
      // A reset is an error event, which ends the process when nobody listens; the broker sees the closed socket.
      socket.on("error", () => undefined);
      early.push(socket);
    };
    for (const endpoint of endpoints) {
      const server = owned.adopt(await listen(endpoint, (socket) => accept(socket)), closeServer);
      open.push({ host: endpoint.host, port: (server.address() as AddressInfo).port });
    }
    parts.log.info("mqtt broker listens", { endpoints: open.map(({ host, port }) => `${host}:${port}`) });
    setImmediate(() => {
      accept = (socket) => broker.accept(socket);
      for (const socket of early.splice(0)) accept(socket);
    });
    return Object.assign(broker.bus(owned), { endpoints: open });
  } catch (error) {
    await owned[Symbol.asyncDispose]();
    throw error;
  }
}

/** Stops listening; connections are the broker's, which closes them. */
function closeServer(server: Server): void {
  server.close();
}
