import type { Clock } from "../../clock.ts";
import { completeConfig } from "../../complete-config.ts";
import type { CredentialSource } from "../../credential.ts";
import { MapperError } from "../../errors.ts";
import type { Board } from "../../hal.ts";
import { linkSignals } from "../../linked-signal.ts";
import type { Log } from "../../log.ts";
import type { Device, DeviceConfig, Mapper, ReadResult } from "../../mapper.ts";
import { type Model, propertyOf } from "../../model.ts";
import type { Protocol } from "../../protocol.ts";
import type { Value } from "../../value.ts";
import { type Handlers, type Implementation, implement, type ServedCall } from "../transport/serve-call.ts";
import type { DraftOf, MessageOf } from "../wire/message.ts";
import { configFromWire, configToWire } from "./config-value.ts";
import type { narrowRequest, OpenRequest, opened, reading } from "./messages.ts";
import { modelFromWire, modelToWire } from "./model-facts.ts";
import { methodsToWire, partToWire } from "./part-facts.ts";
import { Searches } from "./searches.ts";
import { mapperHost } from "./service.ts";
import { Sessions } from "./sessions.ts";
import { valueFromWire, valueToWire, type WireValue } from "./value.ts";

/** What a process serves to our agent, and the world its devices are opened in. */
export interface HostParts {
  readonly parts: readonly (Mapper | Protocol)[];
  readonly name: string;
  readonly version: string;
  readonly pid: number;
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives credentials that manifests only name. */
  readonly credential?: CredentialSource;
  /** Aborts when the process stops: agents are told by the end of their `describe`. */
  readonly signal: AbortSignal;
  /** Called with how many agents are attached, whenever that changes. */
  onAttached?(agents: number): void;
}

/** The service MapperHost for `parts`. Disposing it closes every device. */
export function serveHost(host: HostParts): Implementation & AsyncDisposable {
  const sessions = new Sessions();
  const searches = new Searches(host);
  const handlers: Handlers<typeof mapperHost.procedures> = {
    describe: describing(host),
    narrow: async (request) => {
      const { mapper, config } = await configured(host, request);
      return { model: modelToWire(await mapper.modelFor(config)) };
    },
    open: opening(host, sessions),
    async close({ session }) {
      const found = sessions.find(session);
      found?.close();
      await found?.released;
      return {};
    },
    async read({ session, names, pass }, { signal }) {
      const device = sessions.device(session);
      const state = { goOn: true };
      const passes = sessions.find(session)?.passes;
      passes?.set(pass, state);
      try {
        const results = await device.readMany(names, { signal, goOn: () => state.goOn });
        return { readings: names.flatMap((name) => readingOf(device.model, name, results)) };
      } finally {
        passes?.delete(pass);
      }
    },
    yield({ session, pass }) {
      const state = sessions.find(session)?.passes.get(pass);
      if (state) state.goOn = false;
      return {};
    },
    async write({ session, name, value }, { signal }) {
      await sessions.device(session).write(name, valueFromWire(value) as never, { signal });
      return {};
    },
    async *watch({ session, name }, { signal }) {
      const device = sessions.device(session);
      const property = propertyOf(device.model, name);
      const pushed = device.watch(name, { signal });
      if (!pushed) throw new MapperError("VALUE_INVALID", `${device.model.name}.${name} is not pushed; read it`);
      for await (const value of pushed)
        yield value instanceof MapperError
          ? { errorCode: value.code, error: value.message }
          : { value: valueToWire(property.toTwin(value)) };
    },
    async call({ session, method, input }, { signal }) {
      const device = sessions.device(session) as Device<Model, Record<string, never>>;
      const output: unknown = await device.call(method, (input && configFromWire(input)) as never, { signal });
      return output === undefined ? {} : { output: configToWire(output) };
    },
    discover: (request, { signal }) => searches.find(request, signal),
    async takeTurn({ search, turn }) {
      await searches.takeTurn(search, turn);
      return {};
    },
  };
  return {
    ...implement(mapperHost, handlers),
    [Symbol.asyncDispose]: () => sessions.closeAll(),
  };
}

function describing({ parts, name, version, pid, board, signal: stopping, log, onAttached }: HostParts) {
  let agents = 0;
  const change = (by: number) => {
    agents += by;
    onAttached?.(agents);
  };
  return async function* (asker: { name: string; version: string }, { signal }: ServedCall) {
    change(1);
    log.info("dmi.agent-attached", { agent: asker.name, version: asker.version });
    try {
      yield {
        name,
        version,
        pid,
        board: board.name,
        parts: parts.map((part, index) => partToWire(part, String(index))),
      };
      await either(signal, stopping);
    } finally {
      change(-1);
      log.info("dmi.agent-detached", { agent: asker.name });
    }
  };
}

function opening(host: HostParts, sessions: Sessions) {
  return async function* (request: OpenRequest, { signal }: ServedCall): AsyncGenerator<DraftOf<typeof opened>> {
    const { session: id, name } = request;
    const session = sessions.begin(id, signal);
    try {
      const { board, clock, log, credential } = host;
      const { mapper, config } = await configured(host, request);
      const initial = valuesOf(request.initial);
      const world = { board, clock, log, name, initial, ...(credential && { credential }) };
      const device = await mapper.open(config, { ...world, signal: session.signal });
      session.device = device;
      yield openedOf(device);
      await session.closing;
    } finally {
      await session.release().catch((error) => host.log.warn("device.release-failed", { device: name, error }));
      sessions.end(id);
    }
  };
}

async function configured(
  { parts }: HostParts,
  { part: id, model, connection, visitors, constants }: MessageOf<typeof narrowRequest>,
): Promise<{ readonly mapper: Mapper; readonly config: DeviceConfig }> {
  const part = parts[Number(id)];
  if (!part) throw new MapperError("CONFIG_INVALID", `this process has no part ${JSON.stringify(id)}; it was replaced`);
  const mapper = part.kind === "mapper" ? part : part.serve(modelFromWire(model ?? noModel));
  const given = {
    ...(connection && { connection: configFromWire(connection) }),
    ...(visitors && { visitors: configFromWire(visitors) as Record<string, unknown> }),
  };
  return { mapper, config: completeConfig(mapper, { config: given, constants: valuesOf(constants) }) };
}

const noModel = { name: "", properties: [], safety: undefined };

const valuesOf = (values: ReadonlyMap<string, WireValue>): Record<string, Value> =>
  Object.fromEntries([...values].map(([name, value]) => [name, valueFromWire(value)]));

function openedOf(device: Device): DraftOf<typeof opened> {
  return {
    bus: device.bus,
    model: modelToWire(device.model),
    watched: Object.keys(device.model.properties).filter((name) => isPushed(device, name)),
    methods: methodsToWire(device.methods),
  };
}

/** Asks for the values without taking any; a watch begins with its first `next()`. */
function isPushed(device: Device, name: string): boolean {
  try {
    const pushed = device.watch(name);
    void pushed?.[Symbol.asyncIterator]().return?.();
    return pushed !== undefined;
  } catch {
    return true; // it says what is wrong to whoever watches
  }
}

function readingOf(
  model: Model,
  name: string,
  results: Readonly<Record<string, ReadResult | undefined>>,
): DraftOf<typeof reading>[] {
  const result = results[name];
  if (!result) return [];
  if (result.error) return [{ name, errorCode: result.error.code, error: result.error.message }];
  const property = propertyOf(model, name);
  return [{ name, value: valueToWire(property.toTwin(result.value)) }];
}

function either(...signals: AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const link = linkSignals(...signals);
    const end = () => {
      link[Symbol.dispose]();
      resolve();
    };
    if (link.signal.aborted) end();
    else link.signal.addEventListener("abort", end, { once: true });
  });
}
