import {
  type DiscoverDefinition,
  type Discovered,
  f,
  fields,
  MapperError,
  type Output,
  parse,
} from "@edgetwin/mapper-sdk";
import { type ModbusClient, ModbusException } from "./client/modbus-client.ts";
import type { Link } from "./link/link.ts";
import { acquireLink } from "./link/links.ts";
import type { Product } from "./models/product.ts";
import { connection, connectionOf, endpointName } from "./visitors/connection.ts";
import { lineFields, tuningFields } from "./visitors/native-connection.ts";

const options = fields({
  ...lineFields,
  delayMs: tuningFields.delayMs,
  from: f.withDefault(f.int({ min: 1, max: 247 }), 1),
  to: f.withDefault(f.int({ min: 1, max: 247 }), 247),
  timeoutMs: f.withDefault(f.int({ min: 10, max: 5000 }), 200),
});
type Options = Output<typeof options>;

/** A product and how its units are recognised. */
export interface Recognisable {
  readonly product: Product;
  /** How sure it is that the unit is one, 0 to 1. A refusal or silence is a no. */
  readonly recognise: (client: ModbusClient) => Promise<number>;
}

/** Asks one unit after the other whether it is there, and what it is. */
export const discoverUnits = (products: readonly Recognisable[]): DiscoverDefinition<typeof options> => ({
  description:
    "Asks every unit of a line or gateway for a register and its name; each that is missing takes one timeout. Nothing is written.",
  options,
  bus: (options) => endpointName(connectionOf(options).line),
  addressOf: (settings) => {
    const { line, unit } = parse(connection, settings, "connection");
    return `${endpointName(line)} unit ${unit}`;
  },

  async *find({ board, clock, log, options, signal, turn }) {
    const connection = connectionOf(options);
    const user = { board, clock, log, name: "discover", connection };
    await using held = acquireLink(user);
    await held.link.connect({ signal });
    for (let unit = options.from; unit <= options.to && !signal.aborted; unit++) {
      const search = new Search(held.link, { unit, options, signal });
      const found = await turn(() => search.look(products));
      if (found) yield found;
    }
  },
});

interface Target {
  readonly unit: number;
  readonly options: Options;
  readonly signal: AbortSignal;
}

/** Looking at one unit. */
class Search {
  readonly #link: Link;
  readonly #target: Target;

  constructor(link: Link, target: Target) {
    this.#link = link;
    this.#target = target;
  }

  async look(products: readonly Recognisable[]): Promise<Discovered | undefined> {
    if (!(await this.#isThere())) return undefined;
    const { unit } = this.#target;
    const said = await this.#ask((client) => client.readDeviceIdentification());
    const facts = said ? factsOf(said) : {};
    const candidates: { readonly product: Product; readonly confidence: number }[] = [];
    for (const { product, recognise } of products) {
      const confidence = (await this.#ask(recognise)) ?? 0;
      if (confidence > 0) candidates.push({ product, confidence });
    }
    const [best] = candidates.sort((a, b) => b.confidence - a.confidence);
    const spoken = Object.values(facts).join(" ");
    const name = `${best?.product.model.name ?? facts.product ?? "modbus"} at ${unit}`;
    if (best) return { ...this.#proposal(best.product), name, facts, confidence: best.confidence };
    const what = spoken === "" ? "A unit that does not say what it is" : `A unit that calls itself ${spoken}`;
    return {
      name,
      description: `${what}.`,
      confidence: spoken === "" ? 0.1 : 0.5,
      connection: this.#connection(),
      facts,
    };
  }

  #proposal({ model, visitors, connection }: Product): Omit<Discovered, "name" | "confidence"> {
    return {
      description: `It answers as a device of the model ${model.name} does.`,
      model,
      connection: { ...this.#connection(), ...connection },
      visitors: visitors as NonNullable<Discovered["visitors"]>,
    };
  }

  #connection(): Readonly<Record<string, unknown>> {
    const { from: _, to: __, timeoutMs: ___, delayMs, ...line } = this.#target.options;
    return { ...line, ...(delayMs > 0 && { delayMs }), unit: this.#target.unit };
  }

  /** Any answer tells that a unit is there, a refusal too. */
  async #isThere(): Promise<boolean> {
    try {
      await this.#request((client) => client.readRegisters("holding", 0, 1));
      return true;
    } catch (error) {
      if (error instanceof ModbusException) return error.code !== 10 && error.code !== 11; // said by a gateway
      if (isSilence(error)) return false;
      throw error;
    }
  }

  /** The unit's answer, or undefined when it refuses or is silent: many know no more than what they are made for. */
  async #ask<T>(question: (client: ModbusClient) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#request(question);
    } catch (error) {
      if (error instanceof ModbusException || isSilence(error)) return undefined;
      throw error;
    }
  }

  async #request<T>(job: (client: ModbusClient) => Promise<T>): Promise<T> {
    const { unit, options, signal } = this.#target;
    return await this.#link.run({ unit, timeoutMs: options.timeoutMs, urgent: true, signal }, job);
  }
}

/** Not the loss of the whole line, which ends the search. */
const isSilence = (error: unknown): boolean =>
  error instanceof MapperError && error.code === "DEVICE_IO" && error.message.startsWith("unit ");

/** Objects 0 to 2 of the basic identification (Modbus application protocol 6.21). */
function factsOf(said: ReadonlyMap<number, string>): { vendor?: string; product?: string; revision?: string } {
  const [vendor, product, revision] = [said.get(0), said.get(1), said.get(2)];
  return { ...(vendor && { vendor }), ...(product && { product }), ...(revision && { revision }) };
}
