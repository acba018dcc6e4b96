import { attempt } from "../attempt.ts";
import type { Clock } from "../clock.ts";
import { MapperError } from "../errors.ts";
import { linkSignals } from "../linked-signal.ts";
import { type Log, silentLog } from "../log.ts";
import type { Awaitable } from "../mapper.ts";
import { type Output, parse, type Schema } from "../schema.ts";
import { Scope } from "../scope.ts";
import type { SinkCredential, SinkPoint } from "./point.ts";
import { sinkErrorOf } from "./sink-error.ts";

/** What `open` gets. */
export interface OpenSinkContext<T> {
  readonly target: T;
  /** Undefined when the configuration of the agent names none. */
  readonly credential: SinkCredential | undefined;
  /** Owns what is acquired; released on close and when `open` fails. */
  readonly scope: Scope;
  /** Aborts when the session closes or the agent stops. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** What `open` returns: the open far end. */
export interface SinkDriver<C> {
  /**
   * Resolves when the far end has every point. Called for one batch at a time, never with an empty one. A batch that
   * failed comes again in a new session, so write in a way that a second time does no harm, where the far end allows it.
   *
   * Throw `SINK_REFUSED` only for points that will never be taken; whatever else is thrown means: try again later.
   */
  send(points: readonly SinkPoint<C>[], options: { readonly signal: AbortSignal }): Awaitable<void>;
}

/** A sink as its author writes it: `C` is the checked configuration of a property, `T` what all properties of a target share. */
export interface SinkDefinition<S extends Schema, T> {
  /** As manifests write it, e.g. `"influxdb2"`. */
  readonly name: string;
  /** Checks what a manifest says about one property. */
  readonly config: S;
  /** The part that says where: properties with an equal one share one connection and one queue. Must be plain JSON. */
  readonly target: (config: Output<S>) => T;
  /** The target for people, in lists and logs; without secrets. */
  readonly address: (target: T) => string;
  /** The most points for one `send`; default 500. */
  readonly batch?: (target: T) => number;
  readonly open: (context: OpenSinkContext<T>) => Awaitable<SinkDriver<Output<S>>>;
}

/** What a checked configuration leads to. */
export interface SinkTarget<C = unknown> {
  readonly config: C;
  /** Equal for properties that share a queue. */
  readonly key: string;
  readonly address: string;
  readonly batch: number;
}

/** The agent's surroundings of an open sink. */
export interface SinkEnvironment {
  readonly clock: Clock;
  readonly log?: Log;
  readonly credential?: SinkCredential;
  readonly signal?: AbortSignal;
}

/** An open sink. After a failed `send` it is closed and opened anew. */
export interface SinkSession extends AsyncDisposable {
  /** Rejects with `SINK_UNAVAILABLE`, `SINK_REFUSED`, or `DEVICE_ABORTED` as soon as the signal aborts. */
  send(points: readonly SinkPoint[], options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** A sink with its types forgotten, as the agent uses it. */
export interface Sink {
  readonly kind: "sink";
  readonly name: string;
  /** @param where for messages, e.g. `spec.properties[2].pushMethod.http`. @throws MapperError `CONFIG_INVALID`. */
  check(raw: unknown, where: string): SinkTarget;
  /** Opens the target of a checked configuration. Rejects with a MapperError; nothing stays open then. */
  open(config: unknown, environment: SinkEnvironment): Promise<SinkSession>;
}

const defaultBatch = 500;

/** Declares a sink: where reported values go. A package that exports it is named in `sinks.packages` of the agent. */
export function defineSink<S extends Schema, T>(definition: SinkDefinition<S, T>): Sink {
  const { name, config: schema, target: targetOf, address, batch } = definition;
  return Object.freeze<Sink>({
    kind: "sink",
    name,
    check(raw, where) {
      const config = parse(schema, raw ?? {}, where);
      const target = targetOf(config);
      const points = batch?.(target) ?? defaultBatch;
      return { config, key: `${name} ${JSON.stringify(target)}`, address: address(target), batch: points };
    },
    open: (config, environment) => open(definition, targetOf(config as Output<S>), environment),
  });
}

async function open<S extends Schema, T>(
  { name, open: openDriver }: SinkDefinition<S, T>,
  target: T,
  { clock, log = silentLog, credential, signal }: SinkEnvironment,
): Promise<SinkSession> {
  const closing = new AbortController();
  const alive = linkSignals(signal, closing.signal);
  const onLateFailure = (error: unknown) => log.warn("sink.release-failed", { sink: name, error });
  const scope = new Scope(onLateFailure);
  const close = async (reason: MapperError) => {
    closing.abort(reason);
    try {
      await scope[Symbol.asyncDispose]();
    } finally {
      alive[Symbol.dispose]();
    }
  };
  try {
    const context = { target, credential, scope, signal: alive.signal, clock, log };
    const driver = await attempt(() => openDriver(context), alive.signal, sinkErrorOf);
    return {
      async send(points, { signal: caller } = {}) {
        using link = linkSignals(caller, alive.signal);
        const options = { signal: link.signal };
        await attempt(() => driver.send(points as readonly SinkPoint<Output<S>>[], options), link.signal, sinkErrorOf);
      },
      [Symbol.asyncDispose]: async () => await close(new MapperError("DEVICE_ABORTED", `the sink ${name} is closed`)),
    };
  } catch (cause) {
    const error = sinkErrorOf(cause);
    await close(error).catch(onLateFailure);
    throw error;
  }
}
