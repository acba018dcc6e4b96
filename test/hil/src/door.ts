/** What is desired of a device, by property. */
export type Desired = Readonly<Record<string, boolean>>;

/** One property as the agent shows it. */
export interface Twin {
  readonly desired?: { readonly value: unknown; readonly version: number };
  readonly reported?: { readonly value: unknown; readonly version: number; readonly quality: string };
  readonly phase?: string;
}

/** A way into the agent. */
export interface Door {
  /** Applies manifests. Rejects with what is wrong with them. */
  apply(manifests: string): Promise<void>;
  /**
   * Desires values of `device` (`namespace/name`), all or none. Resolves with `verified` when the device shows them, with
   * `stored` when the agent has only acknowledged them (`until: "stored"`), else with the code of the error.
   */
  desire(device: string, desired: Desired, until?: "stored" | "verified"): Promise<string>;
  twin(device: string, property: string): Promise<Twin>;
  /** The first state of a twin for which `holds`, now or later. Rejects with the last one when that takes too long. */
  twinThat(device: string, property: string, holds: (twin: Twin) => boolean): Promise<Twin>;
}
