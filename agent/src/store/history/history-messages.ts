import type { HistoryAppend, HistoryQuery } from "./history-storage.ts";

/** What the storage thread is asked about the past of properties. */
export type HistoryAsk =
  | ({ readonly ask: "append" } & HistoryAppend)
  | ({ readonly ask: "read" } & HistoryQuery)
  | { readonly ask: "forget"; readonly device: string }
  | { readonly ask: "notice" };
