import { didYouMean, type PropertyType } from "@edgetwin/mapper-sdk";
import type { DeviceTwin, RawValue, Reading } from "../twin/types.ts";
import { bad, isRecord, kindOf, type RequestError } from "./request.ts";

/** KubeEdge's alphabet and length for twin names (dtcommon's pattern for keys); only names we do not know have to fit. */
const newName = /^[a-zA-Z0-9\-_.,:/@#]{1,128}$/;

/** The type words of KubeEdge's messages. `double` and `bytes` are ours: KubeEdge refuses them. */
const types: ReadonlyMap<string, PropertyType> = new Map([
  ["int", "INT"],
  ["integer", "INT"],
  ["float", "FLOAT"],
  ["double", "DOUBLE"],
  ["boolean", "BOOLEAN"],
  ["string", "STRING"],
  ["", "STRING"],
  ["bytes", "BYTES"],
]);

/** What a `twin/update` message asks for, by property, in the engine's terms. All records are without prototype. */
export interface TwinUpdate {
  /** Names as they were sent, in their order. */
  readonly names: readonly string[];
  readonly desired?: Record<string, RawValue | null>;
  readonly reported?: Record<string, Reading>;
  readonly announced?: Record<string, PropertyType>;
  readonly withdrawn?: readonly string[];
}

interface Draft {
  names: string[];
  desired?: Record<string, RawValue | null>;
  reported?: Record<string, Reading>;
  announced?: Record<string, PropertyType>;
  withdrawn?: string[];
}

/** Reads the `twin` member of a message for `device`. One wrong entry refuses the whole message, as in KubeEdge. */
export function parseTwinUpdate(twin: unknown, device: DeviceTwin): TwinUpdate | RequestError {
  if (twin === undefined || twin === null) return bad('the message has no "twin"; send {"twin":{"<property>":{…}}}');
  if (!isRecord(twin)) return bad(`twin must be an object with one entry for each property, not ${kindOf(twin)}`);
  const draft: Draft = { names: Object.keys(twin) };
  for (const name of draft.names) {
    const error = readEntry(name, twin[name], { device, draft });
    if (error) return error;
  }
  return draft;
}

interface Reader {
  readonly device: DeviceTwin;
  readonly draft: Draft;
}

function readEntry(name: string, entry: unknown, { device, draft }: Reader): RequestError | undefined {
  if (entry === null) {
    draft.withdrawn = [...(draft.withdrawn ?? []), name];
    return undefined;
  }
  if (!isRecord(entry)) return bad(`twin.${name} must be an object or null, not ${kindOf(entry)}`);
  if (!device.twins.has(name) && !device.shape.properties.has(name)) {
    const type = typeOfNew(name, entry.metadata);
    if (typeof type !== "string") return type;
    draft.announced ??= dictionary();
    draft.announced[name] = type;
  }
  const expected = valueIn(entry.expected, `twin.${name}.expected`);
  if (isError(expected)) return expected;
  if (expected !== undefined) {
    draft.desired ??= dictionary();
    // KubeEdge: an empty expected value means that nothing is wanted.
    draft.desired[name] = expected === "" ? null : { text: expected };
  }
  const actual = valueIn(entry.actual, `twin.${name}.actual`);
  if (isError(actual)) return actual;
  if (actual !== undefined) {
    draft.reported ??= dictionary();
    draft.reported[name] = { raw: { text: actual } };
  }
  return undefined;
}

/** The text in `{"value":"…"}`; undefined where there is none, as `{}` and null say nothing. */
function valueIn(side: unknown, path: string): string | undefined | RequestError {
  if (side === undefined || side === null) return undefined;
  if (!isRecord(side)) return bad(`${path} must be an object such as {"value":"ON"}, not ${kindOf(side)}`);
  const { value } = side;
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  return bad(`${path}.value must be text, not ${kindOf(value)}; put it in quotes`);
}

/** The type under which a property that neither model nor twin knows is announced. */
function typeOfNew(name: string, metadata: unknown): PropertyType | RequestError {
  if (!newName.test(name)) {
    const shown = JSON.stringify(name.slice(0, 80));
    return bad(`${shown} cannot become a twin: names have 1 to 128 letters, digits and - _ . , : / @ #`);
  }
  const word = isRecord(metadata) ? (metadata.type ?? "") : "";
  if (typeof word !== "string") return bad(`twin.${name}.metadata.type must be text, not ${kindOf(word)}`);
  const type = types.get(word);
  if (type) return type;
  const words = [...types.keys()].filter((known) => known !== "");
  const reason = `twin.${name} is new and its type ${kindOf(word)} is none of ${words.join(", ")}${didYouMean(word, words)}`;
  return { code: 400, reason, readable: true };
}

const isError = (value: string | undefined | RequestError): value is RequestError => typeof value === "object";

/** Names come from the network: on a plain object `__proto__` would not be a property. */
const dictionary = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;
