import type { Log, Mapper, Protocol } from "@edgetwin/mapper-sdk";

/** What serves devices: a mapper one model, a protocol any. */
export type Part = Mapper | Protocol;

/** What a part is for, remembered while it is away. */
export interface Offer {
  readonly protocol: string;
  /** The one model of a mapper; undefined for a protocol. */
  readonly model?: string;
}

/** Where parts come from: a package of the configuration, or a process that registered itself. */
export interface MapperSource {
  /** Unique; for people and for the configuration: the package, or what the process calls itself. */
  readonly name: string;
  /** `starting`: what it serves is not known yet. `away`: it ran and comes back by itself. `failed`: it does not load. */
  readonly state: "starting" | "serving" | "away" | "failed";
  /** Why it does not serve; for people. */
  readonly reason?: string;
  /** What can be used now; empty unless it serves. */
  readonly parts: readonly Part[];
  /** What it serves, as far as known. */
  readonly offers: readonly Offer[];
  /** Registered itself instead of being named by the configuration. */
  readonly registered: boolean;
}

/** The mappers of this agent, which come and go while it runs. */
export interface Catalogue {
  /** Best first: a device is served by the first that offers what it needs. */
  sources(): readonly MapperSource[];
  /** Called after every change. */
  onChange(listener: () => void): () => void;
}

/**
 * The catalogue and those who may change it.
 *
 * Precedence: packages in the order of the configuration, whether they run or not (a device waits for its mapper rather
 * than moving to another one and back); then processes that registered themselves, those that run first, the longest
 * known first. A mapper made for a model goes before a protocol, wherever it comes from.
 */
export class MapperCatalogue implements Catalogue {
  readonly #sources = new Map<string, MapperSource>();
  readonly #listeners = new Set<() => void>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  sources(): readonly MapperSource[] {
    const all = [...this.#sources.values()];
    const rank = ({ registered, state }: MapperSource) => (registered ? (state === "serving" ? 1 : 2) : 0);
    return all.sort((a, b) => rank(a) - rank(b)); // stable: of equal rank, the first that was announced
  }

  source(name: string): MapperSource | undefined {
    return this.#sources.get(name);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when no source is starting any more. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if ([...this.#sources.values()].some(({ state }) => state === "starting")) return;
        stop();
        resolve();
      };
      const stop = this.onChange(look);
      look();
    });
  }

  /** Names a source whose parts are not known yet; its place in the order is that of the first announcement. */
  announce(name: string, { registered = false, offers = [] as readonly Offer[] } = {}): void {
    this.#put({ name, state: "starting", parts: [], offers, registered });
  }

  /** Its parts can be used from now on, instead of those it had before. */
  attach(name: string, parts: readonly Part[]): void {
    const offers = parts.map(offerOf);
    this.#put({ name, state: "serving", parts, offers, registered: this.#sources.get(name)?.registered ?? false });
    this.#tellShadowed(name);
  }

  /** Its parts cannot be used for now; their devices wait. */
  detach(name: string, reason: string): void {
    const before = this.#sources.get(name);
    if (before) this.#put({ ...before, state: "away", reason, parts: [] });
  }

  /** It cannot be used until somebody does something about it. */
  fail(name: string, reason: string): void {
    const before = this.#sources.get(name);
    this.#put({
      name,
      state: "failed",
      reason,
      parts: [],
      offers: before?.offers ?? [],
      registered: before?.registered ?? false,
    });
  }

  /** Forgets it. */
  remove(name: string): void {
    if (this.#sources.delete(name)) this.#tell();
  }

  #put(source: MapperSource): void {
    this.#sources.set(source.name, source);
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Two that serve the same are no error, but somebody may wonder why one of them gets no devices. */
  #tellShadowed(name: string): void {
    const sources = this.sources();
    for (const [index, source] of sources.entries()) {
      for (const offer of source.offers) {
        const first = sources.slice(0, index).find(({ offers }) => offers.some((other) => sameOffer(other, offer)));
        if (!first || (first.name !== name && source.name !== name)) continue;
        const model = offer.model === undefined ? {} : { model: offer.model };
        this.#log.warn("two mappers serve the same; the first gets the devices", {
          protocol: offer.protocol,
          ...model,
          first: first.name,
          second: source.name,
        });
      }
    }
  }
}

const sameOffer = (a: Offer, b: Offer) => a.protocol === b.protocol && a.model === b.model;

/** What `part` is for. */
export const offerOf = (part: Part): Offer =>
  part.kind === "mapper" ? { protocol: part.protocol, model: part.model.name } : { protocol: part.protocol };
