/** What the bench tells the process of the hub. */
export type HubOrder =
  | { readonly do: "open"; readonly nodes: number; readonly perNode: number }
  | { readonly do: "restart" }
  | { readonly do: "patch"; readonly perSecond: number; readonly seconds: number }
  | { readonly do: "measure" };

/** What it answers: the keys that the order is about. */
export interface HubAnswer {
  readonly port?: number;
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
  readonly rss?: number;
  readonly heapUsed?: number;
  readonly cpuMs?: number;
  readonly connected?: number;
  readonly settled?: number;
}
