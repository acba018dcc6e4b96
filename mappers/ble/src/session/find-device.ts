import { type Clock, MapperError } from "@edgetwin/mapper-sdk";
import type { Adapter } from "../adapter/adapter.ts";
import type { Sighting } from "../adapter/sightings.ts";
import type { Advertisement } from "../hci/advertisement.ts";
import type { ScanSettings } from "../hci/hci-socket.ts";
import { patientTimer } from "../hci/patient-timer.ts";

/** What is looked for, and for how long. */
export interface Search {
  readonly title: string;
  readonly clock: Clock;
  readonly withinMs: number;
  readonly scan: ScanSettings;
  /** Whether this device, with what it says now, is the one. */
  accept(sighting: Sighting, heard: Advertisement): boolean;
  /** What else to say when it was not found. */
  hint?(): string | undefined;
  readonly signal: AbortSignal;
}

/** Resolves with the first device that is accepted. Rejects with `DEVICE_IO` when none was heard in time. */
export async function findDevice(adapter: Adapter, search: Search): Promise<Sighting> {
  const { title, clock, withinMs, scan, accept, hint, signal } = search;
  signal.throwIfAborted();
  return await new Promise<Sighting>((resolve, reject) => {
    const finish = (then: () => void) => {
      timer[Symbol.dispose]();
      scanning[Symbol.dispose]();
      joined[Symbol.dispose]();
      signal.removeEventListener("abort", onAbort);
      then();
    };
    const onAbort = () => finish(() => reject(signal.reason));
    const joined = adapter.join({
      sighting(sighting, heard) {
        if (accept(sighting, heard)) finish(() => resolve(sighting));
      },
      lost: (error) => finish(() => reject(error)),
    });
    const timer = patientTimer(clock, withinMs, adapter, () => {
      const more = hint?.() ?? "is it in range, powered and not connected to something else?";
      finish(() => reject(new MapperError("DEVICE_IO", `${title} was not heard within ${withinMs / 1000} s; ${more}`)));
    });
    const scanning = adapter.listen(scan);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
