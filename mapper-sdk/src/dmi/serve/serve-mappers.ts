import { type Clock, systemClock } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import type { Board } from "../../hal.ts";
import { type Log, silentLog } from "../../log.ts";
import type { Mapper } from "../../mapper.ts";
import type { Protocol } from "../../protocol.ts";
import { Scope } from "../../scope.ts";
import { EdgecoreHost } from "../edgecore/edgecore-host.ts";
import { serveHost } from "../host/serve-host.ts";
import { listen } from "../transport/listen.ts";
import { serveMapper as v1alpha1 } from "../v1alpha1/serve-mapper.ts";
import { serveMapper as v1beta1 } from "../v1beta1/serve-mapper.ts";
import { keepRegistered } from "./registration.ts";

/** What to serve, where, and in which world. */
export interface ServeOptions {
  readonly parts: readonly (Mapper | Protocol)[];
  /** Path of the process's own socket. */
  readonly socket: string;
  /** Path of the manager's socket: of our agent, or of KubeEdge's EdgeCore. Without it nobody is told. */
  readonly manager?: string;
  /** Name in the manager's table of mappers. */
  readonly name: string;
  readonly version?: string;
  readonly board: Board;
  readonly clock?: Clock;
  readonly log?: Log;
  /** From 0 to 1, for jitter. */
  readonly random?: () => number;
  /** Stops serving. */
  readonly signal?: AbortSignal;
}

/** A mapper process at work. Disposing it stops readings, sends what is still to be told and closes all devices. */
export interface ServedMappers extends AsyncDisposable {
  readonly socket: string;
}

/**
 * Serves mappers as a process of their own, for our agent and for KubeEdge alike. Listens first and registers then, so
 * that no call finds a closed door; registers again whenever the manager comes back.
 *
 * Rejects with `CONFIG_INVALID` when there is nothing to serve or no way to listen, with `DEVICE_BUSY` when another
 * process listens at `socket`.
 */
export async function serveMappers(options: ServeOptions): Promise<ServedMappers> {
  const { parts, socket, manager, name, board, signal } = options;
  const { version = "", clock = systemClock, log = silentLog, random = Math.random } = options;
  if (parts.length === 0) throw new MapperError("CONFIG_INVALID", "there is nothing to serve: give parts");
  const scope = new Scope((error) => log.warn("dmi.stop-failed", { error }));
  const stopping = new AbortController();
  try {
    const edgecore = new EdgecoreHost({ parts, board, clock, log, random });
    let registerAgain = () => {};
    const host = serveHost({
      ...{ parts, name, version, board, clock, log, pid: process.pid, signal: stopping.signal },
      onAttached(agents) {
        void edgecore.standBack(agents > 0);
        // What a manager that only speaks DMI was refused meanwhile comes with the next registration.
        if (agents === 0) registerAgain();
      },
    });
    const listening = await listen(socket, [v1beta1(edgecore), v1alpha1(edgecore), host], { log });
    // Released in reverse order: no new devices, then the devices, then the last reports, then the door.
    scope.use(listening);
    scope.use(host);
    scope.defer(() => stopping.abort());
    if (manager !== undefined) {
      const registering = new AbortController();
      const registered = keepRegistered({
        socket: manager,
        cards: cardsOf(parts, { name, version, address: socket }),
        ...{ clock, log, random, signal: registering.signal },
        again: () =>
          new Promise((resolve) => {
            registerAgain = resolve;
          }),
        async onManager(found, list) {
          edgecore.manager = found;
          if (found && list) await edgecore.sync(list);
        },
      });
      scope.defer(async () => {
        registering.abort(new MapperError("DEVICE_ABORTED", "the mapper stops"));
        await registered;
      });
    }
    scope.use(edgecore);
    log.info("dmi.serving", { socket, parts: parts.map(({ protocol }) => protocol) });
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    throw error;
  }
  const stop = () => scope[Symbol.asyncDispose]();
  if (signal?.aborted) await stop();
  else signal?.addEventListener("abort", () => void stop(), { once: true });
  return { socket, [Symbol.asyncDispose]: stop };
}

/** One for each protocol. Managers keep mappers by name, too: the second one needs a name of its own. */
function cardsOf(
  parts: readonly (Mapper | Protocol)[],
  { name, version, address }: { readonly name: string; readonly version: string; readonly address: string },
) {
  const protocols = [...new Set(parts.map(({ protocol }) => protocol))];
  return protocols.map((protocol, index) => ({
    name: index === 0 ? name : `${name}-${protocol}`,
    ...{ version, address, protocol },
  }));
}
