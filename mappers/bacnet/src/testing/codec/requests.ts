import type { AppValue } from "../../client/app-value.ts";
import type { CovRequest, PropertyPlace, PropertyWrite } from "../../client/bacnet-library.ts";
import type { ObjectId } from "../../names/object-types.ts";
import { endOf, type Tag, tagAt } from "../../wire/tags.ts";
import { decodeAppValues, decodeContents } from "./app-values.ts";

/** Reads the parameters of a service one after the other (ASHRAE 135 clause 21). */
class Parameters {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isOver(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** The next tag, when it is the context tag `number` of this form. */
  peek(number: number, form: Tag["form"] = "value"): Tag | undefined {
    const tag = tagAt(this.#bytes, this.#offset);
    return tag?.context && tag.number === number && tag.form === form && endOf(tag) <= this.#bytes.length
      ? tag
      : undefined;
  }

  /** Steps over an opening or closing tag; false when there is none. */
  step(number: number, form: "opening" | "closing"): boolean {
    const tag = this.peek(number, form);
    if (tag) this.#offset = endOf(tag);
    return tag !== undefined;
  }

  number(context: number): number | undefined {
    const value = this.#primitive(context, "unsigned");
    return value?.tag === "unsigned" ? value.value : undefined;
  }

  flag(context: number): boolean | undefined {
    const value = this.#primitive(context, "boolean");
    return value?.tag === "boolean" ? value.value : undefined;
  }

  object(context: number): ObjectId | undefined {
    const value = this.#primitive(context, "object-id");
    return value?.tag === "object-id" ? value.value : undefined;
  }

  /** Values up to the closing tag that follows. */
  values(): readonly AppValue[] | undefined {
    const decoded = decodeAppValues(this.#bytes, this.#offset);
    if (decoded) this.#offset = decoded.end;
    return decoded?.values;
  }

  #primitive(context: number, type: "unsigned" | "boolean" | "object-id"): AppValue | undefined {
    const tag = this.peek(context);
    if (!tag) return undefined;
    const value = decodeContents(type, this.#bytes.subarray(tag.start, endOf(tag)));
    if (value) this.#offset = endOf(tag);
    return value;
  }
}

/** ReadProperty-Request. Undefined here and below when it is damaged. */
export function decodeReadProperty(data: Uint8Array): PropertyPlace | undefined {
  const parameters = new Parameters(data);
  const object = parameters.object(0);
  const property = parameters.number(1);
  const index = parameters.number(2);
  if (!object || property === undefined || !parameters.isOver) return undefined;
  return { object, property, ...(index !== undefined && { index }) };
}

/** ReadPropertyMultiple-Request. */
export function decodeReadPropertyMultiple(data: Uint8Array): PropertyPlace[] | undefined {
  const parameters = new Parameters(data);
  const places: PropertyPlace[] = [];
  while (!parameters.isOver) {
    const object = parameters.object(0);
    if (!object || !parameters.step(1, "opening")) return undefined;
    while (!parameters.step(1, "closing")) {
      const property = parameters.number(0);
      if (property === undefined) return undefined;
      const index = parameters.number(1);
      places.push({ object, property, ...(index !== undefined && { index }) });
    }
  }
  return places;
}

/** WriteProperty-Request. */
export function decodeWriteProperty(data: Uint8Array): PropertyWrite | undefined {
  const parameters = new Parameters(data);
  const object = parameters.object(0);
  const property = parameters.number(1);
  const index = parameters.number(2);
  if (!object || property === undefined || !parameters.step(3, "opening")) return undefined;
  const [value, ...more] = parameters.values() ?? [];
  if (!value || more.length > 0 || !parameters.step(3, "closing")) return undefined;
  const priority = parameters.number(4);
  if (!parameters.isOver) return undefined;
  return {
    object,
    property,
    value,
    ...(index !== undefined && { index }),
    ...(priority !== undefined && { priority }),
  };
}

/** SubscribeCOV-Request. */
export function decodeSubscribeCov(data: Uint8Array): CovRequest | undefined {
  const parameters = new Parameters(data);
  const processId = parameters.number(0);
  const object = parameters.object(1);
  if (processId === undefined || !object) return undefined;
  const confirmed = parameters.flag(2);
  const lifetimeSeconds = parameters.number(3);
  if (!parameters.isOver) return undefined;
  if (confirmed === undefined && lifetimeSeconds === undefined) return { processId, object };
  return { processId, object, wanted: { confirmed: confirmed ?? false, lifetimeSeconds: lifetimeSeconds ?? 0 } };
}

/** Who-Is-Request: whether it is for `instance`. */
export function isAskedFor(data: Uint8Array, instance: number): boolean {
  if (data.length === 0) return true;
  const parameters = new Parameters(data);
  const low = parameters.number(0);
  const high = parameters.number(1);
  return low !== undefined && high !== undefined && low <= instance && instance <= high;
}
