import type { Received } from "../../link/client.ts";
import { DraftDevice } from "../draft-device.ts";
import { inFull, isSettings, type Settings } from "./abbreviations.ts";
import { propertiesOf } from "./entity.ts";
import { pathOfTemplate } from "./value-template.ts";

const textOf = (raw: unknown): string | undefined => (typeof raw === "string" && raw !== "" ? raw : undefined);

/** Devices that announce themselves to Home Assistant, gathered from the entities that they are made of. */
export class AnnouncedDevices {
  readonly #prefix: string;
  readonly #drafts = new Map<string, DraftDevice>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Single components, with and without a node, and whole devices. */
  get filters(): readonly string[] {
    return [`${this.#prefix}/+/+/config`, `${this.#prefix}/+/+/+/config`];
  }

  get drafts(): Iterable<DraftDevice> {
    return this.#drafts.values();
  }

  /** Takes an announcement; false for what is none. */
  hear({ topic, payload }: Pick<Received, "topic" | "payload">): boolean {
    const [component = "", ...ids] = topic
      .slice(this.#prefix.length + 1)
      .split("/")
      .slice(0, -1);
    const raw = jsonOf(payload);
    if (!isSettings(raw) || ids.length === 0) return false;
    const settings = inFull(raw);
    if (component !== "device") return this.#take(component, settings, ids.join("-"));
    const { components, ...shared } = settings;
    for (const [id, entity] of Object.entries(isSettings(components) ? components : {}))
      if (isSettings(entity)) this.#take(textOf(entity.platform) ?? "", { ...shared, ...entity }, id);
    return true;
  }

  #take(platform: string, entity: Settings, id: string): boolean {
    const device = isSettings(entity.device) ? entity.device : {};
    const [identifier = id] = [device.identifiers, device.connections].flat(2).filter((one) => typeof one === "string");
    const name = textOf(device.name) ?? textOf(entity.name) ?? id;
    const draft = this.#drafts.get(identifier) ?? new DraftDevice(name, "It announces itself to Home Assistant.");
    this.#drafts.set(identifier, draft);
    draft.know({ vendor: device.manufacturer, product: device.model, revision: device.sw_version });
    this.#availability(draft, entity);
    const named = textOf(entity.name) ?? textOf(entity.object_id) ?? textOf(entity.device_class) ?? id;
    const found = propertiesOf(platform, entity, named.startsWith(`${name} `) ? named.slice(name.length + 1) : named);
    if (typeof found === "string") draft.skip(`${platform} ${named}: ${found}`);
    else draft.add(found);
    return true;
  }

  #availability(draft: DraftDevice, entity: Settings): void {
    const list = Array.isArray(entity.availability) ? entity.availability.filter(isSettings) : [];
    const single = textOf(entity.availability_topic);
    const all =
      single === undefined ? list : [{ ...entity, topic: single, value_template: entity.availability_template }];
    for (const { topic, value_template, payload_available, payload_not_available } of all as Settings[]) {
      const read = pathOfTemplate(value_template);
      if (typeof topic !== "string" || !read) continue;
      const words = {
        online: textOf(payload_available) ?? "online",
        offline: textOf(payload_not_available) ?? "offline",
      };
      draft.isThereWhen({ topic, ...read, ...words }, textOf(entity.availability_mode));
    }
  }
}

export function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
