import { join, u16 } from "./bytes.ts";
import { decodeZclFrame, encodeZclFrame, type ZclFrame, zclGlobal, zclStatus } from "./zcl-frame.ts";
import { decodeZcl, encodeZcl, type ZclType, type ZclValue, zclTypeOf, zclTypes } from "./zcl-value.ts";

/** One attribute: `[type, value]`. */
export type EmulatedAttribute = readonly [type: ZclType, value: ZclValue];
/** What an endpoint has, by cluster and attribute. */
export type EmulatedClusters = Readonly<Record<number, Readonly<Record<number, EmulatedAttribute>>>>;

/** What a command for a cluster does: returns a status of {@link zclStatus}. */
export type CommandHandler = (endpoint: ZclEndpoint, frame: ZclFrame) => number;

/** How an endpoint is made. */
export interface ZclEndpointParts {
  readonly clusters: EmulatedClusters;
  readonly commands: Readonly<Record<number, CommandHandler>>;
  /** Attributes that refuse to be reported, as `cluster/attribute`. */
  readonly unreportable?: readonly string[];
  /** Sends a frame of its own to the coordinator. */
  readonly send: (cluster: number, frame: Buffer) => void;
}

/** The servers of all clusters of one endpoint: reads, writes, reports and commands. */
export class ZclEndpoint {
  readonly #parts: ZclEndpointParts;
  readonly #attributes = new Map<string, { readonly type: ZclType; value: ZclValue }>();
  readonly #reported = new Set<string>();
  #sequence = 0;

  constructor(parts: ZclEndpointParts) {
    this.#parts = parts;
    for (const [cluster, attributes] of Object.entries(parts.clusters))
      for (const [attribute, [type, value]] of Object.entries(attributes))
        this.#attributes.set(`${cluster}/${attribute}`, { type, value });
  }

  /** Whether the coordinator asked for reports of an attribute. */
  isReported(cluster: number, attribute: number): boolean {
    return this.#reported.has(`${cluster}/${attribute}`);
  }

  get(cluster: number, attribute: number): ZclValue | undefined {
    return this.#attributes.get(`${cluster}/${attribute}`)?.value;
  }

  /** Changes an attribute, and reports it when that was asked for. */
  set(cluster: number, attribute: number, value: ZclValue): void {
    const changes = this.get(cluster, attribute) !== value;
    this.put(cluster, attribute, value);
    if (changes && this.isReported(cluster, attribute)) this.report(cluster, attribute);
  }

  /** Changes an attribute without a word. */
  put(cluster: number, attribute: number, value: ZclValue): void {
    const found = this.#attributes.get(`${cluster}/${attribute}`);
    if (!found) throw new TypeError(`the emulated device has no attribute ${cluster}/${attribute}`);
    found.value = value;
  }

  /** Reports an attribute, asked for or not. */
  report(cluster: number, attribute: number): void {
    const found = this.#attributes.get(`${cluster}/${attribute}`);
    if (!found) throw new TypeError(`the emulated device has no attribute ${cluster}/${attribute}`);
    const record = join(u16(attribute), zclTypes[found.type], encodeZcl(found.type, found.value));
    this.#send(cluster, { scope: "global", command: zclGlobal.reportAttributes, payload: record });
  }

  /** Sends a command of a cluster to the coordinator, e.g. the status of an IAS zone. */
  notify(cluster: number, command: number, payload: Buffer): void {
    this.#send(cluster, { scope: "cluster", command, payload });
  }

  /** Forgets what it was asked to report, as a reset does. */
  forget(): void {
    this.#reported.clear();
  }

  /** Takes a frame; returns the answer, if there is any. */
  receive(cluster: number, bytes: Buffer): Buffer | undefined {
    const frame = decodeZclFrame(bytes);
    if (!(cluster in this.#parts.clusters)) return acknowledge(frame, zclStatus.unsupportedCluster);
    if (frame.scope === "cluster") {
      const handler = this.#parts.commands[cluster];
      return acknowledge(frame, handler ? handler(this, frame) : zclStatus.unsupportedCommand);
    }
    switch (frame.command) {
      case zclGlobal.readAttributes:
        return answer(frame, zclGlobal.readAttributesResponse, this.#read(cluster, frame.payload));
      case zclGlobal.writeAttributes:
        return answer(frame, zclGlobal.writeAttributesResponse, this.#write(cluster, frame.payload));
      case zclGlobal.configureReporting:
        return answer(frame, zclGlobal.configureReportingResponse, this.#configure(cluster, frame.payload));
      case zclGlobal.defaultResponse:
        return undefined;
      default:
        return acknowledge(frame, zclStatus.unsupportedCommand);
    }
  }

  #read(cluster: number, payload: Buffer): Buffer {
    const records: Buffer[] = [];
    for (let at = 0; at + 1 < payload.length; at += 2) {
      const id = payload.readUInt16LE(at);
      const found = this.#attributes.get(`${cluster}/${id}`);
      records.push(
        found
          ? join(u16(id), zclStatus.success, zclTypes[found.type], encodeZcl(found.type, found.value))
          : join(u16(id), zclStatus.unsupportedAttribute),
      );
    }
    return Buffer.concat(records);
  }

  #write(cluster: number, payload: Buffer): Buffer {
    const failures: Buffer[] = [];
    for (let at = 0; at < payload.length; ) {
      const id = payload.readUInt16LE(at);
      const type = zclTypeOf(payload.readUInt8(at + 2));
      const { value, size } = decodeZcl(type, payload, at + 3);
      at += 3 + size;
      const found = this.#attributes.get(`${cluster}/${id}`);
      if (!found) failures.push(join(zclStatus.unsupportedAttribute, u16(id)));
      else if (found.type !== type) failures.push(join(zclStatus.invalidDataType, u16(id)));
      else this.set(cluster, id, value);
    }
    return failures.length > 0 ? Buffer.concat(failures) : Buffer.of(zclStatus.success);
  }

  /** Zigbee Cluster Library 2.5.7: direction, attribute, type, shortest and longest interval, change for analog types. */
  #configure(cluster: number, payload: Buffer): Buffer {
    const failures: Buffer[] = [];
    for (let at = 0; at < payload.length; ) {
      const id = payload.readUInt16LE(at + 1);
      const type = zclTypeOf(payload.readUInt8(at + 3));
      const key = `${cluster}/${id}`;
      at += 8 + (isAnalog(type) ? encodeZcl(type, 0).length : 0);
      if (!this.#attributes.has(key) || this.#parts.unreportable?.includes(key))
        failures.push(join(zclStatus.unsupportedAttribute, 0, u16(id)));
      else this.#reported.add(key);
    }
    return failures.length > 0 ? Buffer.concat(failures) : Buffer.of(zclStatus.success);
  }

  #send(cluster: number, frame: Pick<ZclFrame, "scope" | "command" | "payload">): void {
    this.#sequence = (this.#sequence + 1) & 0xff;
    const whole = { ...frame, fromServer: true, quiet: true, manufacturer: undefined, sequence: this.#sequence };
    this.#parts.send(cluster, encodeZclFrame(whole));
  }
}

/** Types whose reports have a smallest change (Zigbee Cluster Library 2.6.2, column analog/discrete). */
const isAnalog = (type: ZclType): boolean => type.startsWith("uint") || type.startsWith("int");

function answer({ manufacturer, sequence }: ZclFrame, command: number, payload: Buffer): Buffer {
  return encodeZclFrame({ scope: "global", fromServer: true, quiet: true, manufacturer, sequence, command, payload });
}

/** A default response; when all is well only to those who want one (2.5.12.2). */
function acknowledge(frame: ZclFrame, status: number): Buffer | undefined {
  if (status === zclStatus.success && frame.quiet) return undefined;
  return answer(frame, zclGlobal.defaultResponse, Buffer.of(frame.command, status));
}
