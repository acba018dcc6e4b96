import type { Clock } from "../../clock.ts";
import type { CredentialSource } from "../../credential.ts";
import type { Discovered } from "../../discover.ts";
import { MapperError } from "../../errors.ts";
import type { Board } from "../../hal.ts";
import type { Log } from "../../log.ts";
import type { Mapper } from "../../mapper.ts";
import type { Protocol } from "../../protocol.ts";
import type { DraftOf, MessageOf } from "../wire/message.ts";
import { configFromWire, configToWire } from "./config-value.ts";
import type { discoverRequest, discoverResponse, FindingDraft } from "./messages.ts";
import { modelToWire } from "./model-facts.ts";

/** Where searches look. */
export interface SearchWorld {
  readonly parts: readonly (Mapper | Protocol)[];
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  readonly credential?: CredentialSource;
}

type Answer = DraftOf<typeof discoverResponse>;

/** One search under way: what waits to be sent, and the turns that it has asked for. */
class Search {
  readonly #answers: Answer[] = [];
  readonly #turns = new Map<string, { take(): Promise<void>; refuse(reason: MapperError): void }>();
  #wake = () => {};
  #asked = 0;

  send(answer: Answer): void {
    this.#answers.push(answer);
    this.#wake();
  }

  /** Asks for a turn on `bus` and runs `action` in it. */
  turn<T>(bus: string, action: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const turn = String(++this.#asked);
      const take = async () => {
        this.#turns.delete(turn);
        await action().then(resolve, reject);
      };
      this.#turns.set(turn, { take, refuse: reject });
      this.send({ turn, bus });
    });
  }

  async takeTurn(turn: string): Promise<void> {
    await this.#turns.get(turn)?.take();
  }

  /** Nobody will take the turns that are still asked for. */
  end(): void {
    for (const { refuse } of this.#turns.values()) refuse(new MapperError("DEVICE_ABORTED", "the search has ended"));
    this.#turns.clear();
  }

  /** The next answer, or undefined when `over` comes first. */
  async next(over: Promise<unknown>): Promise<Answer | undefined> {
    if (this.#answers.length === 0) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, over]);
    }
    return this.#answers.shift();
  }
}

/** Searches for devices that agents have asked for. */
export class Searches {
  readonly #world: SearchWorld;
  readonly #searches = new Map<string, Search>();

  constructor(world: SearchWorld) {
    this.#world = world;
  }

  async *find(request: MessageOf<typeof discoverRequest>, signal: AbortSignal): AsyncGenerator<Answer> {
    const { parts, board, clock, log, credential } = this.#world;
    const discoverer = parts[Number(request.part)]?.discover;
    if (!discoverer) throw new MapperError("VALUE_INVALID", "this mapper does not look for devices");
    const search = new Search();
    this.#searches.set(request.search, search);
    const turn = <T>(bus: string, action: () => Promise<T>) => search.turn(bus, action);
    const world = { board, clock, log, signal, turn, ...(credential && { credential }) };
    const looking = (async () => {
      const options = request.options && configFromWire(request.options);
      const devices = request.devices && (configFromWire(request.devices) as Record<string, unknown>);
      for await (const found of discoverer.find(options, { ...world, ...(devices && { devices }) })) {
        search.send({ finding: findingToWire(found) });
      }
    })();
    looking.catch(() => undefined); // told below, after what was found before
    const over = Promise.allSettled([looking]);
    try {
      for (let answer = await search.next(over); answer; answer = await search.next(over)) yield answer;
      await looking;
    } finally {
      this.#searches.delete(request.search);
      search.end();
    }
  }

  /** Resolves when the search needs the bus no more; at once when it does not want it any more. */
  async takeTurn(search: string, turn: string): Promise<void> {
    await this.#searches.get(search)?.takeTurn(turn);
  }
}

const findingToWire = ({ connection, visitors, model, facts, ...told }: Discovered): FindingDraft => ({
  ...told,
  ...(connection && { connection: configToWire(connection) }),
  ...(visitors && { visitors: configToWire(visitors) }),
  ...(model && { model: modelToWire(model) }),
  ...(facts && { facts: configToWire(facts) }),
});
