import type { DeviceId } from "../twin/types.ts";

/** Topics of one edge node (Sparkplug B 3.0, 4.1). */
export class SparkplugTopics {
  readonly #group: string;
  readonly #node: string;

  constructor(group: string, node: string) {
    this.#group = group;
    this.#node = node;
  }

  node(type: "NBIRTH" | "NDEATH" | "NCMD"): string {
    return `spBv1.0/${this.#group}/${type}/${this.#node}`;
  }

  device(type: "DBIRTH" | "DDEATH" | "DDATA" | "DCMD", id: DeviceId): string {
    return `spBv1.0/${this.#group}/${type}/${this.#node}/${deviceName(id)}`;
  }

  /** Commands for all our devices. */
  get commands(): string {
    return `spBv1.0/${this.#group}/DCMD/${this.#node}/+`;
  }

  /** Where a host application says whether it is there. */
  static state(host: string): string {
    return `spBv1.0/STATE/${host}`;
  }
}

/** A device id holds no slash: of the namespace `default` the name alone, else `namespace.name`. */
export const deviceName = (id: DeviceId): string => id.replace(/^default\//, "").replace("/", ".");
