import { randomUUID } from "node:crypto";
import type { Clock, Timer } from "../../clock.ts";
import type { AnyHandlers, Driver } from "../../driver.ts";
import { type ErrorCode, errorCodes, MapperError } from "../../errors.ts";
import type { DescribedSchema, FieldFacts } from "../../field-facts.ts";
import type { Method, MethodFacts } from "../../methods.ts";
import { type Model, propertyOf } from "../../model.ts";
import type { Schema } from "../../schema.ts";
import { configFromWire, configToWire } from "../host/config-value.ts";
import type { Opened, reading } from "../host/messages.ts";
import { methodsFromWire } from "../host/part-facts.ts";
import { valueFromWire, valueToWire } from "../host/value.ts";
import type { MessageOf } from "../wire/message.ts";
import { errorFrom, type HostConnection } from "./host-connection.ts";

/** A device that is open in another process. */
export interface RemoteSession {
  readonly host: HostConnection;
  /** Names it in calls. */
  readonly id: string;
  readonly model: Model;
  readonly opened: Opened;
}

/** How often a pass of readings asks whether something more urgent waits here, which the other process cannot know. */
const askEveryMs = 20;

/** A driver whose device lives in another process: what a local driver does on hardware, this one does by calls. */
export function remoteDriver({ host, id: session, model, opened }: RemoteSession): Driver {
  const { client, clock } = host;
  const calling = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw errorFrom(host, error);
    }
  };
  const read = async (names: readonly string[], { signal, pass = "" }: { signal: AbortSignal; pass?: string }) =>
    (await calling(() => client.read({ session, names, pass }, { signal }))).readings;

  const handlersOf = (name: string): AnyHandlers => ({
    async read(context) {
      const [found] = await read([name], context as Context);
      if (!found) throw new MapperError("DEVICE_ABORTED", `${model.name}.${name} was not read`);
      return resultOf(found);
    },
    async write(context, value) {
      const twin = valueToWire(propertyOf(model, name).toTwin(value));
      await calling(() => client.write({ session, name, value: twin }, context as Context));
    },
    ...(opened.watched.includes(name) && { watch: (context) => pushed(name, context as Context) }),
  });
  async function* pushed(name: string, { signal }: Context): AsyncGenerator<unknown> {
    try {
      for await (const pushed of client.watch({ session, name }, { signal })) yield settledOf(pushed);
    } catch (error) {
      throw errorFrom(host, error);
    }
  }
  const known = new Map(Object.keys(model.properties).map((name) => [name, handlersOf(name)]));

  return {
    protocol: "",
    model,
    visitor: anything(),
    open: () => session,
    handlers: (name) => known.get(name),
    async readMany(context) {
      const { wanted, signal, goOn } = context as Pass;
      const pass = randomUUID();
      using _ = asking({ clock, goOn }, () => void client.yield({ session, pass }, { signal }).catch(() => undefined));
      const readings = await read(
        wanted.map(({ name }) => name),
        { signal, pass },
      );
      return Object.fromEntries(readings.map((found) => [found.name, settledOf(found)]));
    },
    methods: Object.fromEntries(
      methodsFromWire(opened.methods).map((facts) => [
        facts.name,
        methodOf(facts, async (input, signal) => {
          const given = input === undefined ? {} : { input: configToWire(input, "input") };
          const { output } = await calling(() => client.call({ session, method: facts.name, ...given }, { signal }));
          return output && configFromWire(output);
        }),
      ]),
    ),
  };
}

interface Context {
  readonly signal: AbortSignal;
}

interface Pass extends Context {
  readonly wanted: readonly { readonly name: string }[];
  goOn(): boolean;
}

/** Calls `leave` once, as soon as `goOn` says false. */
function asking({ clock, goOn }: { readonly clock: Clock; goOn(): boolean }, leave: () => void): Disposable {
  let timer: Timer;
  const ask = () => {
    if (goOn()) timer = clock.after(askEveryMs, ask, { background: true });
    else leave();
  };
  timer = clock.after(askEveryMs, ask, { background: true });
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}

type Settled = Pick<MessageOf<typeof reading>, "value" | "errorCode" | "error">;

function resultOf({ value, errorCode, error }: Settled): unknown {
  if (value) return valueFromWire(value);
  const code = Object.hasOwn(errorCodes, errorCode) ? (errorCode as ErrorCode) : "DEVICE_IO";
  throw new MapperError(code, error);
}

function settledOf(found: Settled): unknown {
  try {
    return resultOf(found);
  } catch (error) {
    return error;
  }
}

/** The other side checks input and output by the method's own schemas, before and after its hardware. */
function methodOf(
  { description, input }: MethodFacts,
  call: (input: unknown, signal: AbortSignal) => Promise<unknown>,
): Method {
  const takesNothing = input !== undefined && input.length === 0;
  return {
    description,
    ...(!takesNothing && { input: anything(input) }),
    output: anything(),
    run: ({ signal }: Context, given: unknown) => call(given, signal),
  } as Method;
}

function anything(facts?: readonly FieldFacts[]): Schema | DescribedSchema {
  const schema: Schema = {
    "~standard": { version: 1, vendor: "edgetwin", validate: (value) => ({ value }) },
  };
  return facts ? { ...schema, facts } : schema;
}
