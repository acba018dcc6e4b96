import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { attempt, mapperErrorOf } from "../../attempt.ts";
import { MapperError } from "../../errors.ts";
import { linkSignals } from "../../linked-signal.ts";
import { silentLog } from "../../log.ts";
import type { Device, Environment } from "../../mapper.ts";
import { openedDevice } from "../../opened-device.ts";
import { Scope } from "../../scope.ts";
import type { narrowRequest, Opened } from "../host/messages.ts";
import { type ModelFacts, modelFromWire } from "../host/model-facts.ts";
import { valueToWire } from "../host/value.ts";
import type { DraftOf } from "../wire/message.ts";
import { errorFrom, type HostConnection, processEnded } from "./host-connection.ts";
import { remoteDriver } from "./remote-driver.ts";

/** A part of the other process, and what a manifest says about one device of it. */
export type Configured = DraftOf<typeof narrowRequest>;

/** Opens a device in another process. It behaves as a local one does; the end of that process closes it. */
export async function openRemote(
  host: HostConnection,
  configured: Configured,
  environment: Environment,
): Promise<Device> {
  const { name = "", initial = {}, log = silentLog } = environment;
  const id = randomUUID();
  const closing = new AbortController();
  const alive = linkSignals(environment.signal, host.ended, closing.signal);
  setMaxListeners(0, alive.signal); // one for each call under way; node warns of more than ten
  const onLateFailure = (error: unknown) => log.warn("device.release-failed", { device: name, error });
  const scope = new Scope(onLateFailure);
  scope.defer(() => alive[Symbol.dispose]());
  const close = async (reason: MapperError) => {
    closing.abort(reason);
    await scope[Symbol.asyncDispose]();
  };

  try {
    const { opened, events } = await attempt(async () => {
      const stream = new AbortController();
      const request = { ...configured, session: id, name, initial: wireValues(initial) };
      const events = host.client.open(request, stream)[Symbol.asyncIterator]();
      // Closing is asked for and waited for first: cancelling the stream closes the device without saying when.
      scope.defer(() => stream.abort());
      const first = events.next();
      scope.defer(() => released(host, id));
      const { done, value } = await first;
      if (done) throw processEnded(host.name);
      return { opened: value, events };
    }, alive.signal);
    void end(events, host).then((reason) => closing.abort(reason));
    const model = modelFromWire(opened.model as ModelFacts);
    const driver = remoteDriver({ host, id, model, opened });
    const visitors = Object.fromEntries(Object.keys(model.properties).map((property) => [property, true]));
    const checked = { connection: undefined, visitors, model };
    const device = openedDevice({ driver, checked, session: id, alive: alive.signal, close, onLateFailure });
    return { ...device, ...(opened.bus !== undefined && { bus: opened.bus }) };
  } catch (cause) {
    const error = mapperErrorOf(errorFrom(host, cause));
    await close(error).catch(onLateFailure);
    throw error;
  }
}

const wireValues = (values: NonNullable<Environment["initial"]>) =>
  new Map(Object.entries(values).map(([name, value]) => [name, valueToWire(value)]));

/** Resolves when the other side has released everything, which it has when it is no more. */
async function released(host: HostConnection, session: string): Promise<void> {
  try {
    await host.client.close({ session }, { signal: host.ended });
  } catch (error) {
    const gone = host.ended.aborted || errorFrom(host, error) !== error;
    if (!gone) throw error;
  }
}

/** Why the other side closed the device by itself. */
async function end(events: AsyncIterator<Opened>, host: HostConnection): Promise<unknown> {
  try {
    while (!(await events.next()).done);
    return new MapperError("DEVICE_IO", `the mapper process ${host.name} has closed the device`);
  } catch (error) {
    return errorFrom(host, error);
  }
}
