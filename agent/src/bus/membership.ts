import type { Clock } from "@edgetwin/mapper-sdk";
import type { DeviceEntry, Registry, RegistryChange } from "../registry/registry.ts";
import type { TwinEngine } from "../twin/engine.ts";
import type { DeviceId } from "../twin/types.ts";
import { answer, errorAnswer, unsolicited } from "./answers.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { nameOf } from "./device-topics.ts";
import { parseRequest } from "./request.ts";
import { lastOnlineOf } from "./state-requests.ts";

/** Any node name: KubeEdge answers with its own, whichever was asked. */
export const membershipFilter = "$hw/events/node/+/membership/get";

export interface MembershipParts {
  readonly bus: Bus;
  readonly node: string;
  readonly registry: Registry;
  readonly engine: TwinEngine;
  readonly clock: Clock;
}

/** A device in membership messages; empty members are left out. */
interface Member {
  readonly id: DeviceId;
  readonly name: string;
  readonly description?: string;
  readonly state?: string;
  readonly last_online?: string;
}

/** Answers `membership/get` and tells `membership/updated` when devices come and go. */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #topic: string;
  /** What was last said about each device, for the farewell message. */
  readonly #members = new Map<DeviceId, Member>();

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#topic = `$hw/events/node/${parts.node}/membership`;
    for (const entry of parts.registry.devices()) this.#members.set(entry.id, introduce(entry));
  }

  handle({ payload }: BusMessage): undefined {
    const { bus, registry, clock } = this.#parts;
    const request = parseRequest(payload);
    const at = clock.now();
    const topic = `${this.#topic}/get/result`;
    if ("code" in request) return void bus.publish(topic, errorAnswer({ eventId: "", at }, request));
    const devices = registry.devices().map((entry) => this.#describe(entry));
    return void bus.publish(topic, answer({ eventId: request.eventId, at }, { devices }));
  }

  changed(change: RegistryChange): void {
    if (change.kind === "device applied") {
      const known = this.#members.has(change.device.id);
      const member = introduce(change.device);
      this.#members.set(member.id, member);
      if (!known) this.#tell({ added_devices: [member], removed_devices: null });
    } else if (change.kind === "device deleted") {
      const member = this.#members.get(change.id);
      if (member && this.#members.delete(change.id)) this.#tell({ added_devices: null, removed_devices: [member] });
    }
  }

  #tell(members: Readonly<Record<string, unknown>>): void {
    const { bus, clock } = this.#parts;
    bus.publish(`${this.#topic}/updated`, answer(unsolicited(clock.now()), members));
  }

  #describe(entry: DeviceEntry): Member {
    const health = this.#parts.engine.device(entry.id)?.health;
    const lastOnline = lastOnlineOf(health);
    return {
      ...introduce(entry),
      // A device that nobody has ever spoken for has no state in KubeEdge.
      ...(health && (health.state !== "unknown" || health.at > 0) && { state: health.state }),
      ...(lastOnline !== undefined && { last_online: lastOnline }),
    };
  }
}

function introduce({ id, device }: DeviceEntry): Member {
  const description = device.metadata.labels?.description;
  return { id, name: nameOf(id), ...(description !== undefined && { description }) };
}
