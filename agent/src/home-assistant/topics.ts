import type { DeviceId } from "../twin/types.ts";

/** Where things of one node are on the broker that Home Assistant uses. */
export class HomeAssistantTopics {
  readonly #node: string;
  readonly #prefix: string;

  /** @param prefix first level of the discovery topics, as Home Assistant is configured. */
  constructor(node: string, prefix: string) {
    this.#node = node;
    this.#prefix = prefix;
  }

  /** Where Home Assistant says that it begins, and ends. */
  get birth(): string {
    return `${this.#prefix}/status`;
  }

  /** Whether the agent is there; its will says that it is not. */
  get agent(): string {
    return `edgetwin/${this.#node}/status`;
  }

  /** Ours for every property of every device. */
  get commands(): string {
    return `edgetwin/${this.#node}/+/+/+/set`;
  }

  config(id: DeviceId): string {
    return `${this.#prefix}/device/${this.uniqueId(id)}/config`;
  }

  state(id: DeviceId): string {
    return `edgetwin/${this.#node}/${id}/state`;
  }

  availability(id: DeviceId): string {
    return `edgetwin/${this.#node}/${id}/availability`;
  }

  command(id: DeviceId, property: string): string {
    return `edgetwin/${this.#node}/${id}/${property}/set`;
  }

  /** Device and property of a command topic. */
  parseCommand(topic: string): { readonly id: DeviceId; readonly property: string } | undefined {
    const [, , namespace, name, property, set] = topic.split("/");
    if (set !== "set" || !namespace || !name || !property) return undefined;
    return { id: `${namespace}/${name}` as DeviceId, property };
  }

  /** Of a device among all of all nodes; Home Assistant takes letters, digits, dashes and underscores. */
  uniqueId(id: DeviceId): string {
    return `edgetwin_${this.#node}_${id}`.replace(/[^A-Za-z0-9_-]/g, "_");
  }
}
