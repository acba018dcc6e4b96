import { BridgeError } from "../errors.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import type { Condition } from "./device-conditions.ts";
import { propertyNames } from "./device-facts.ts";
import { type DeviceRecord, statusOf } from "./device-record.ts";

/** Owner of the fields that the bridge writes by server-side apply. */
export const fieldManager = "edgetwin-bridge";

/** How long a definition without the subresource is taken to stay one. */
const forgetMs = 600_000;

/** The `status` of the DeviceStatus of a device. KubeEdge's controllers leave `extensions` alone. */
export const deviceStatusOf = (device: StoredObject, record: DeviceRecord, conditions: readonly Condition[]) => ({
  ...statusOf(record, propertyNames(device)),
  extensions: { conditions },
});

/** The `status` of the Device: what `kubectl wait` and `kubectl get` look at. Values are in the DeviceStatus. */
export const ownStatusOf = ({ state }: DeviceRecord, conditions: readonly Condition[]) => ({
  ...(state !== undefined && { state }),
  conditions,
});

/** Writes what is known of a device, by server-side apply, so that others may write beside it. */
export class StatusWriter {
  readonly #client: Pick<KubernetesClient, "apply" | "get">;
  readonly #monotonic: () => number;
  #patches = 0;
  /** Until when the definition of Device counts as one without a status subresource: KubeEdge's own. */
  #plainUntil = Number.NEGATIVE_INFINITY;

  constructor(client: Pick<KubernetesClient, "apply" | "get">, monotonic: () => number) {
    this.#client = client;
    this.#monotonic = monotonic;
  }

  /** Requests that changed something, or tried to. */
  get patches(): number {
    return this.#patches;
  }

  /** Writes the DeviceStatus of a device; it goes when the device goes. */
  async writeDeviceStatus({ metadata }: StoredObject, status: object, signal: AbortSignal): Promise<void> {
    const { namespace, name, uid } = metadata;
    const owner = { apiVersion: "devices.kubeedge.io/v1beta1", kind: "Device", name, uid };
    this.#patches += 1;
    await this.#client.apply(
      resourceTypes.deviceStatuses,
      {
        apiVersion: "devices.kubeedge.io/v1beta1",
        kind: "DeviceStatus",
        metadata: { ...(namespace !== undefined && { namespace }), name, ownerReferences: [owner] } as never,
        status,
      },
      { fieldManager, force: true, signal },
    );
  }

  /** Writes the status of a Device, where its definition has one of its own. */
  async writeOwnStatus({ metadata }: StoredObject, status: object, signal: AbortSignal): Promise<void> {
    if (this.#monotonic() < this.#plainUntil) return;
    const { namespace, name, uid } = metadata;
    const place = { ...(namespace !== undefined && { namespace }), name };
    const object = {
      apiVersion: "devices.kubeedge.io/v1beta1",
      kind: "Device",
      // With its identity: one that was deleted and made anew must not get what is known of the other.
      metadata: { ...place, uid },
      status,
    };
    this.#patches += 1;
    try {
      await this.#client.apply(resourceTypes.devices, object, {
        subresource: "status",
        fieldManager,
        force: true,
        signal,
      });
    } catch (error) {
      if (!(error instanceof BridgeError) || error.status !== 404) throw error;
      // Gone, or a definition that has no such subresource.
      if (await this.#client.get(resourceTypes.devices, place, { signal }))
        this.#plainUntil = this.#monotonic() + forgetMs;
    }
  }
}
