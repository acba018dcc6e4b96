import { Client, connectivityState, credentials } from "@grpc/grpc-js";
import { attempt } from "../../attempt.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import { clientOf, type ServiceClient } from "./call.ts";
import { channelOptions } from "./channel-options.ts";
import type { Procedures, Service } from "./service.ts";
import { checkSocketPath } from "./socket-path.ts";

/** Time and patience for `connect`. */
export interface ConnectOptions {
  /** Times deadlines of calls. */
  readonly clock?: Clock;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
}

/**
 * One connection to whoever listens at a socket. It never connects again by itself: behind the same path there may be
 * another process by then. Disposing it cancels all calls.
 */
export interface Connection extends Disposable {
  readonly socket: string;
  /** The calls of a service, typed by its table. They reject with `DEVICE_IO` once the connection has ended. */
  client<P extends Procedures>(service: Service<P>): ServiceClient<P>;
  /** Resolves when the connection ends, whoever ended it. */
  readonly ended: Promise<void>;
}

/** A connection stays open when nobody calls for long: its end is how the other side's restart is noticed. */
const neverIdle = { "grpc.client_idle_timeout_ms": 2 ** 31 - 1, "grpc.use_local_subchannel_pool": 1 };

type Channel = ReturnType<Client["getChannel"]>;

/** Connects, or rejects with `DEVICE_IO` at once when nobody listens at `socket`. */
export async function connect(
  socket: string,
  { clock = systemClock, signal = new AbortController().signal }: ConnectOptions = {},
): Promise<Connection> {
  checkSocketPath(socket);
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), {
    ...channelOptions,
    ...neverIdle,
    // Introspection that nobody looks at. (A server of grpc-js 1.14 forgets its connections without it and cannot end them.)
    "grpc.enable_channelz": 0,
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.service_config_disable_resolution": 1,
  });
  const channel = client.getChannel();
  try {
    await attempt(() => ready(channel, socket), signal);
  } catch (error) {
    client.close();
    throw error;
  }
  const running = new Set<{ cancel(): void }>();
  const end = () => {
    client.close();
    for (const call of running) call.cancel();
  };
  const ended = leaving(channel).finally(end);
  return {
    socket,
    client: (service) => clientOf(client, service, { clock, socket, running }),
    ended,
    [Symbol.dispose]: end,
  };
}

async function ready(channel: Channel, socket: string): Promise<void> {
  for (;;) {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) return;
    if (state === connectivityState.TRANSIENT_FAILURE || state === connectivityState.SHUTDOWN)
      throw new MapperError("DEVICE_IO", `nobody listens at ${socket}`);
    await changed(channel, state);
  }
}

/** Resolves when the channel is connected no more. */
async function leaving(channel: Channel): Promise<void> {
  try {
    while (channel.getConnectivityState(false) === connectivityState.READY)
      await changed(channel, connectivityState.READY);
  } catch {
    // grpc-js throws when asked about a channel that is closed.
  }
}

function changed(channel: Channel, from: connectivityState): Promise<void> {
  return new Promise((resolve) => channel.watchConnectivityState(from, Number.POSITIVE_INFINITY, () => resolve()));
}
