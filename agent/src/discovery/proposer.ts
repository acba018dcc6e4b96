import type { Discovered } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, manifestOf, toJsonText } from "@edgetwin/models";
import type { Registry } from "../registry/registry.ts";

/** What a finding becomes when somebody applies it. */
export interface Proposal {
  /** Name of the device; of the one that is there already when it is known. */
  readonly device?: string;
  /** Id of the device that this already is. */
  readonly known?: string;
  /** A DeviceModel, unless one like it was applied or proposed before, and a Device; empty when the finding has no model. */
  readonly manifests: readonly (DeviceModel | Device)[];
}

/** Where proposals go. */
export interface ProposerOptions {
  readonly registry: Pick<Registry, "devices" | "models">;
  readonly protocol: string;
  readonly namespace: string;
}

/** Kubernetes' limit for the name of most things (RFC 1123 label). */
const longestName = 63;

/** Turns findings into manifests whose names are valid for Kubernetes and unique among what is there and what it proposed. */
export class Proposer {
  readonly #options: ProposerOptions;
  readonly #names: Set<string>;
  /** Names of models with what they say, applied or proposed. */
  readonly #models: Map<string, string>;

  constructor(options: ProposerOptions) {
    this.#options = options;
    const here = (id: string) => id.startsWith(`${options.namespace}/`);
    const nameOf = (id: string) => id.slice(options.namespace.length + 1);
    const { registry } = options;
    this.#names = new Set(registry.devices().flatMap(({ id }) => (here(id) ? [nameOf(id)] : [])));
    this.#models = new Map(
      registry.models().flatMap(({ id, model }) => (here(id) ? [[nameOf(id), contentOf(model)] as const] : [])),
    );
  }

  /** Devices of the protocol that are there: by id, the connection of their manifest. */
  devices(): Readonly<Record<string, unknown>> {
    const { registry, protocol } = this.#options;
    const own = registry.devices().filter(({ device: { spec } }) => spec.protocol?.protocolName === protocol);
    return Object.fromEntries(own.map(({ id, device: { spec } }) => [id, spec.protocol?.configData ?? {}]));
  }

  /** What `found` becomes. @throws ModelError when its model cannot be said in the device API. */
  propose(found: Discovered): Proposal {
    if (!found.model) return { manifests: [] };
    const known = found.known ?? this.#knownAs(found);
    if (known !== undefined) return { known, device: known.slice(known.indexOf("/") + 1), manifests: [] };
    const { namespace, protocol } = this.#options;
    const base = kubernetesName(found.model.name) || "device";
    const shaped = manifestOf({ ...found.model, name: base }, { protocol, namespace });
    const content = contentOf(shaped);
    const name = unique(base, (candidate) => (this.#models.get(candidate) ?? content) !== content);
    const isNew = !this.#models.has(name);
    this.#models.set(name, content);
    const model: DeviceModel = { ...shaped, metadata: { ...shaped.metadata, name } };
    const device = this.#deviceOf(found, name);
    return { device: device.metadata.name, manifests: isNew ? [model, device] : [device] };
  }

  #deviceOf({ name: title, connection, visitors = {} }: Discovered, model: string): Device {
    const { namespace, protocol } = this.#options;
    const name = unique(kubernetesName(title) || model, (candidate) => this.#names.has(candidate));
    this.#names.add(name);
    return {
      apiVersion: "devices.kubeedge.io/v1beta1",
      kind: "Device",
      metadata: { name, namespace },
      spec: {
        deviceModelRef: { name: model },
        protocol: { protocolName: protocol, ...(connection && { configData: connection }) },
        properties: Object.entries(visitors).map(([property, configData]) => ({
          name: property,
          visitors: { protocolName: protocol, configData },
        })),
      },
    };
  }

  /** Id of the device that is reached in the same way. */
  #knownAs({ connection = {}, visitors = {} }: Discovered): string | undefined {
    const { registry, protocol } = this.#options;
    const wanted = [sortedJson(connection), ...Object.values(visitors).map(sortedJson).sort()].join();
    return registry.devices().find(({ device: { spec } }) => {
      if (spec.protocol?.protocolName !== protocol) return false;
      const settings = (spec.properties ?? []).flatMap(({ visitors: own }) =>
        own?.configData ? [own.configData] : [],
      );
      const own = Object.keys(visitors).length === 0 ? [] : settings.map(sortedJson).sort();
      return [sortedJson(spec.protocol.configData ?? {}), ...own].join() === wanted;
    })?.id;
  }
}

/** `title` as a name that Kubernetes takes: lower case, digits and dashes; empty when nothing is left of it. */
export const kubernetesName = (title: string): string =>
  title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, longestName)
    .replace(/-+$/, "");

function unique(base: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(base)) return base;
  for (let number = 2; ; number++) {
    const suffix = `-${number}`;
    const name = `${base.slice(0, longestName - suffix.length).replace(/-+$/, "")}${suffix}`;
    if (!isTaken(name)) return name;
  }
}

/** What a model says beside its name. */
const contentOf = ({ metadata, spec }: DeviceModel): string =>
  sortedJson({
    annotations: metadata.annotations ?? {},
    properties: spec.properties ?? [],
    protocol: spec.protocol ?? "",
  });

const sortedJson = (value: unknown): string => toJsonText(sorted(value));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}
