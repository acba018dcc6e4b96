import { attempt } from "./attempt.ts";
import type { CallSignals } from "./call-signals.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type ErrorCode, MapperError } from "./errors.ts";
import { fieldFactsOf } from "./field-facts.ts";
import type { CallOptions } from "./mapper.ts";
import type { Method, MethodFacts, Methods } from "./methods.ts";
import { parse, type Schema } from "./schema.ts";
import { showValue } from "./value.ts";

/** What calling the methods of an open device takes. */
export interface MethodHost {
  /** Name of the model, for messages. */
  readonly model: string;
  readonly methods: Methods;
  readonly session: unknown;
  readonly visitors: unknown;
  readonly signals: CallSignals;
}

/** The code of a method with its types forgotten. */
type AnyRun = (context: unknown, input: unknown) => unknown;

/** What people are told about `methods` before they call one. */
export const methodFacts = (methods: Methods): readonly MethodFacts[] =>
  Object.entries(methods).map(([name, { description, input }]) => {
    const facts = input === undefined ? [] : fieldFactsOf(input);
    return { name, description, ...(facts && { input: facts }) };
  });

/** `call` of an open device: input is checked before any hardware is touched, output like a reading. */
export function methodCalls({ model, methods, session, visitors, signals }: MethodHost) {
  return async (name: string, input?: unknown, options?: CallOptions): Promise<unknown> => {
    const method = methodOf(methods, model, name);
    const where = `${model}.${name}`;
    const accepted = inputOf(method, input, where);
    const link = signals.for(options?.signal);
    try {
      const context = { session, visitors, signal: link.signal };
      const answer = await attempt(() => (method.run as AnyRun)(context, accepted), link.signal);
      return method.output && answerOf(method.output, answer, where);
    } finally {
      link[Symbol.dispose]();
    }
  };
}

function methodOf(methods: Methods, model: string, name: string): Method {
  const found = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (found !== undefined) return found as Method;
  const names = Object.keys(methods);
  const known = names.length === 0 ? "; it has none" : didYouMean(name, names) || `; it has: ${names.join(", ")}`;
  throw new MapperError("VALUE_INVALID", `${model} has no method ${name}${known}`);
}

function inputOf({ input: schema }: Method, input: unknown, where: string): unknown {
  if (schema) return checked(schema, input, where);
  const nothing =
    input === undefined || input === null || (typeof input === "object" && Object.keys(input).length === 0);
  if (nothing) return undefined;
  throw new MapperError("VALUE_INVALID", `${where} takes no input, got ${showValue(input)}; leave it out`);
}

/** Input as the schema has it: a mistake is the caller's value, not the configuration. */
const checked = (schema: Schema, input: unknown, where: string): unknown =>
  parsed(schema, input, ["VALUE_INVALID", where]);

/** The answer as the schema has it: nonsense is a failure of the mapper, whatever the caller gave. */
const answerOf = (schema: Schema, answer: unknown, where: string): unknown =>
  parsed(schema, answer, ["DEVICE_IO", `${where} answered`]);

function parsed(schema: Schema, value: unknown, [code, where]: readonly [ErrorCode, string]): unknown {
  try {
    return parse(schema, value, where);
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    throw new MapperError(code, cause.message, { cause });
  }
}
