/**
 * Columns of the tables in the order in which rows travel between the threads. The main thread encodes and decodes by
 * it, the worker builds its statements from it, so that a row is one flat run of cells and never an object.
 */
export const columns = {
  resource: ["uid", "kind", "namespace", "name", "generation", "manifest", "created_at"],
  twin: [
    "type",
    "optional",
    "desired",
    "desired_version",
    "desired_at",
    "desired_origin",
    "phase",
    "progress_version",
    "progress_at",
    "attempts",
    "progress_reason",
    "reported",
    "reported_at",
    "reported_source",
    "quality",
    "reported_reason",
    "reported_version",
    "last_version",
    "applied_version",
    "causes",
  ],
  cause: ["seq", "at", "origin", "what", "version", "value", "reason"],
  health: ["device", "state", "at", "reason", "last_online_at"],
} as const;

/** What a cell of a row can hold: text, a number (whole ones are stored as integers), or nothing. */
export type Cell = string | number | null;
