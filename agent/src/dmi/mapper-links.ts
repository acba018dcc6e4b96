import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { type Clock, type Log, MapperError, showValue, type Value } from "@edgetwin/mapper-sdk";
import type { LinkFigures } from "../mappers/mapper-status.ts";
import type { MapperCatalogue } from "../registry/catalogue.ts";
import type { Registry } from "../registry/registry.ts";
import { choiceFor } from "../registry/serve.ts";
import { safeInitial } from "../runner/order.ts";
import { TokenBucket } from "../token-bucket.ts";
import type { TwinEngine } from "../twin/engine.ts";
import type { AttachOurs } from "./attach-ours.ts";
import { type DmiVersion, encodings } from "./dialect.ts";
import type { Lookup } from "./foreign-device.ts";
import { ForeignMapper, type Handed } from "./foreign-mapper.ts";
import { type Held, nothingHeld } from "./held.ts";
import { MapperLink } from "./mapper-link.ts";
import type { Registration, RegistrationFile } from "./registrations.ts";

/** What the links are made of. */
export interface MapperLinksParts {
  readonly catalogue: MapperCatalogue;
  readonly registry: Registry;
  readonly engine: TwinEngine;
  readonly file: RegistrationFile;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly attachOurs: AttachOurs;
  /** Sockets of the processes that the agent starts itself, by the name of their mapper. */
  readonly children: ReadonlyMap<string, string>;
  /** Called when devices of a mapper can be served. */
  readonly onAttached: (name: string) => void;
  readonly reportRate?: ReportRate;
}

/** Reports a mapper may make in one go, and a second from then on. */
export interface ReportRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** What a mapper says about itself when it registers. */
export interface Introduction {
  readonly name: string;
  readonly version: string;
  readonly protocol: string;
  readonly address: string;
}

/** More than any node has; whoever registers under ever new names must not fill the memory. */
const mostMappers = 64;
const longestText = 256;
/** Enough for hundreds of properties, each reported by itself. */
const defaultReportRate: ReportRate = { burst: 2_000, perSecond: 500 };

/** EdgeCore's mappers give up after a second. */
const probeMs = 600;

interface Linked {
  readonly link: MapperLink;
  readonly reports: TokenBucket;
  readonly held: Held;
}

/** The mappers that registered, now or before the agent started. */
export class MapperLinks implements AsyncDisposable {
  readonly #parts: MapperLinksParts;
  readonly #links = new Map<string, Linked>();
  readonly #stopWatching: () => void;

  constructor(parts: MapperLinksParts) {
    this.#parts = parts;
    this.#stopWatching = parts.registry.onChange((change) => {
      if (change.kind === "device applied") this.#applied(change.device.id, change.device.source);
      else if (change.kind === "device deleted") this.#eachForeign((foreign) => foreign.remove(change.id));
      else if (change.kind === "model deleted") this.#eachForeign((foreign) => foreign.removeModel(change.id));
    });
  }

  /** Looks for the mappers that had registered before the agent was started. */
  restore(registrations: readonly Registration[]): void {
    for (const registration of registrations) {
      const { name, protocol } = registration;
      if (this.#isInline(name) || this.#parts.children.has(name)) continue;
      this.#parts.catalogue.announce(name, { registered: true, offers: [{ protocol }] });
      this.#link(registration).link.start();
    }
  }

  /**
   * Takes a registration and answers with what a mapper of KubeEdge is to drive.
   * @throws MapperError `CONFIG_INVALID` naming what is wrong with it.
   */
  async register(introduction: Introduction, dmi: DmiVersion): Promise<Handed> {
    this.#check(introduction);
    const { name, protocol, version, address } = introduction;
    const { catalogue, children, log } = this.#parts;
    const ours = children.has(name) || (await this.#looksOurs(address));
    const known = this.#links.get(name);
    // A process of ours with several protocols registers each; its first name serves them all.
    if (ours && this.#hasAnother(name, address)) return nothing;
    const registration: Registration = {
      name,
      protocol,
      version,
      address,
      dmi,
      isOurs: ours,
      held: known?.held ?? nothingHeld(),
    };
    log.info("mapper registered", { mapper: name, protocol, address, dmi });
    // Whoever is connected and registers again has not ended: it wants to be sure, or its data again.
    const isConnected = known?.link.isConnected === true && known.link.registration.address === address;
    if (!children.has(name) && !isConnected) {
      catalogue.announce(name, { registered: true, offers: [{ protocol }] });
    }
    const same = known?.link.registration.dmi === dmi && known.link.registration.protocol === protocol;
    if (known && !same) void this.#drop(name, known);
    const { link } = known && same ? known : this.#link(registration);
    link.foreign.forgetAll();
    const handed = ours ? nothing : link.foreign.hand(this.#devicesFor(name), this.#desiredOf);
    if (known && same && !isConnected) link.registeredAgain(registration);
    link.start();
    this.#save();
    return handed;
  }

  /** The link of the mapper that drives a device, and whether it may report now. @throws MapperError saying why not. */
  reporter(id: string): MapperLink {
    const device = this.#parts.registry.device(id);
    if (!device) throw new MapperError("CONFIG_INVALID", `there is no device ${id} on this node`);
    const linked = device.source === undefined ? undefined : this.#links.get(device.source);
    if (!linked) {
      const by = device.source === undefined ? "no mapper" : `the mapper ${device.source}`;
      throw new MapperError("CONFIG_INVALID", `${id} is driven by ${by}, which does not report`);
    }
    const { figures, registration } = linked.link;
    if (!linked.reports.take()) {
      figures.refusedReports++;
      const { perSecond } = this.#parts.reportRate ?? defaultReportRate;
      const message = `${registration.name} reports too often: more than ${perSecond} times a second; report all properties of a device in one call`;
      throw new MapperError("DEVICE_BUSY", message);
    }
    figures.reports++;
    return linked.link;
  }

  /** The device that a mapper of `dmi` calls `name` without a namespace: v1alpha1 knows none. */
  idOf(name: string, dmi: DmiVersion): string {
    const { registry } = this.#parts;
    const usual = `default/${name}`;
    const known = registry
      .devices()
      .filter(({ id, source }) => id.endsWith(`/${name}`) && this.#speaks(source, dmi))
      .map(({ id }) => id);
    return known.includes(usual) ? usual : (known[0] ?? usual);
  }

  #speaks(source: string | undefined, dmi: DmiVersion): boolean {
    return source !== undefined && this.#links.get(source)?.link.registration.dmi === dmi;
  }

  figures(name: string): LinkFigures | undefined {
    return this.#links.get(name)?.link.status();
  }

  pid(name: string): number | undefined {
    return this.#links.get(name)?.link.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopWatching();
    await Promise.all([...this.#links.values()].map(({ link }) => link[Symbol.asyncDispose]()));
  }

  #check({ name, protocol, address }: Introduction): void {
    const refuse = (message: string) => {
      throw new MapperError("CONFIG_INVALID", `the registration was refused: ${message}`);
    };
    for (const [what, text] of Object.entries({ name, protocol, address })) {
      if (text === "") refuse(`the ${what} of the mapper is missing`);
      if (text.length > longestText) refuse(`the ${what} of the mapper is longer than ${longestText} characters`);
    }
    if (!isAbsolute(address)) refuse(`its address ${showValue(address)} is no absolute path of a socket`);
    if (this.#isInline(name)) refuse(`${name} is a mapper of the configuration; register under another name`);
    const own = this.#parts.children.get(name);
    if (own !== undefined && own !== address) {
      refuse(`${name} is a mapper that the agent starts itself; register under another name`);
    }
    if (!this.#links.has(name) && this.#links.size >= mostMappers) {
      throw new MapperError("DEVICE_BUSY", `there are ${mostMappers} mappers already`);
    }
  }

  #isInline(name: string): boolean {
    const source = this.#parts.catalogue.source(name);
    return source !== undefined && !source.registered && !this.#parts.children.has(name);
  }

  #link(registration: Registration): Linked {
    const { clock, log, registry } = this.#parts;
    const { name, protocol, dmi, held } = registration;
    const lookup: Lookup = (id) => {
      const entry = registry.device(id);
      return entry?.model ? { device: entry.device, model: entry.model } : undefined;
    };
    const onHeld = () => this.#save();
    const foreign = new ForeignMapper({ name, protocol, lookup, encoding: encodings[dmi], clock, log, held, onHeld });
    const { onAttached, ...shared } = this.#parts;
    const link = new MapperLink(registration, foreign, {
      ...shared,
      isChild: this.#parts.children.has(name),
      onAttached: (attached) => {
        foreign.reconcile((id) => registry.device(id) !== undefined);
        onAttached(attached);
      },
      onKnown: () => this.#save(),
    });
    const rate = this.#parts.reportRate ?? defaultReportRate;
    const linked = { link, reports: new TokenBucket({ ...rate, clock }), held };
    this.#links.set(name, linked);
    return linked;
  }

  async #drop(name: string, { link }: Linked): Promise<void> {
    if (this.#links.get(name)?.link === link) this.#links.delete(name);
    await link[Symbol.asyncDispose]();
  }

  /** Devices that are or will be served by the mapper `name`. */
  #devicesFor(name: string): readonly string[] {
    const { registry, catalogue } = this.#parts;
    return registry.devices().flatMap(({ id, device, model }) => {
      const choice = choiceFor(device, model, catalogue);
      return choice && choice.kind !== "none" && choice.source === name ? [id] : [];
    });
  }

  readonly #desiredOf = (id: string): ReadonlyMap<string, Value> => {
    const twin = this.#parts.engine.device(id);
    const desired = new Map<string, Value>();
    for (const { name, desired: wanted, progress } of twin?.twins.values() ?? []) {
      if (wanted && progress?.phase !== "rejected") desired.set(name, wanted.value);
    }
    return twin ? safeInitial(twin.shape, desired) : desired;
  };

  #hasAnother(name: string, address: string): boolean {
    return [...this.#links.values()].some(
      ({ link: { registration } }) =>
        registration.name !== name && registration.isOurs && registration.address === address,
    );
  }

  /** One of ours listens before it registers, one of KubeEdge's after; both wait for the answer a second at most. */
  async #looksOurs(address: string): Promise<boolean> {
    const { clock, log, attachOurs } = this.#parts;
    if (!existsSync(address)) return false;
    const enough = new AbortController();
    const timer = clock.after(probeMs, () => enough.abort(new MapperError("DEVICE_IO", "it does not answer")));
    try {
      return (await attachOurs(address, { clock, log, signal: enough.signal })) !== undefined;
    } catch {
      return false; // not there yet; the link finds out
    } finally {
      timer[Symbol.dispose]();
      enough.abort(new MapperError("DEVICE_ABORTED", "it only was looked at"));
    }
  }

  #applied(id: string, source: string | undefined): void {
    for (const [name, { link }] of this.#links) {
      if (name === source) link.foreign.changed(id);
      else link.foreign.remove(id);
    }
  }

  #eachForeign(action: (foreign: ForeignMapper) => void): void {
    for (const { link } of this.#links.values()) action(link.foreign);
  }

  #save(): void {
    const { file, children } = this.#parts;
    file.save(() =>
      [...this.#links.values()]
        .map(({ link, held }) => ({ ...link.registration, held }))
        .filter(({ name }) => !children.has(name)),
    );
  }
}

const nothing: Handed = { devices: [], models: [] };
