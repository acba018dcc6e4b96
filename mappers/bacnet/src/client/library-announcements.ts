import type { AppValue } from "./app-value.ts";
import type { Announcements, IAm } from "./bacnet-library.ts";
import { fromLibrary, type LibraryValue } from "./library-values.ts";

/** A notification as both libraries have it. */
export interface Announced {
  readonly subscriberProcessId: number;
  readonly initiatingDeviceId: { readonly instance: number };
  readonly monitoredObjectId: { readonly type: number; readonly instance: number };
  readonly timeRemaining: number;
  readonly values: readonly { readonly property: { readonly id: number }; readonly value: readonly LibraryValue[] }[];
}

/** An I-Am as both libraries have it. */
interface AnnouncedDevice {
  readonly deviceId: number;
  readonly maxApdu: number;
  readonly segmentation: number;
  readonly vendorId: number;
}

/** Listeners for events of the libraries. */
export function announce(announcements: Announcements) {
  return {
    iAm({ deviceId, maxApdu, segmentation, vendorId }: AnnouncedDevice): void {
      const iAm: IAm = { instance: deviceId, maxApdu, segmentation, vendor: vendorId };
      announcements.iAm(iAm);
    },
    cov({ subscriberProcessId, initiatingDeviceId, monitoredObjectId, timeRemaining, values }: Announced): void {
      const { type, instance } = monitoredObjectId;
      announcements.cov({
        processId: subscriberProcessId,
        instance: initiatingDeviceId.instance,
        object: { type, instance },
        secondsLeft: timeRemaining,
        values: new Map<number, readonly AppValue[]>(
          values.map(({ property, value }) => [property.id, value.map(fromLibrary)]),
        ),
      });
    },
  };
}
