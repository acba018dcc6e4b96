/** What is known of a product that is sold. */
export interface Product {
  readonly vendor: string;
  readonly model: string;
  readonly description: string;
  /** What it has, under the names that zigbee2mqtt uses: `"state"`, `"temperature"`. */
  readonly exposes: readonly string[];
}

/** By what a device says it is recognised. */
export interface Question {
  readonly modelID: string | undefined;
  readonly manufacturerName: string | undefined;
  readonly type: string;
  readonly ieeeAddr: string;
  readonly powerSource: string | undefined;
  readonly softwareBuildID: string | undefined;
  readonly endpoints: readonly {
    readonly ID: number;
    readonly profileID: number | undefined;
    readonly deviceID: number | undefined;
    readonly inputClusters: readonly number[];
    readonly outputClusters: readonly number[];
  }[];
}
