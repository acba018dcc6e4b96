import type { Offer } from "../registry/catalogue.ts";

/** Where a mapper runs: in the agent, in a process that the agent started, or in one that registered itself. */
export type MapperHome = "inline" | "process" | "registered";

/** What its process takes and how often it had to be started. */
export interface ProcessFigures {
  readonly pid?: number;
  /** Times the agent started it again. */
  readonly restarts?: number;
  readonly rssBytes?: number;
  readonly cpuSeconds?: number;
  readonly memoryBytes?: number;
}

/** What a mapper that registered says about itself, and what was asked of it. */
export interface LinkFigures {
  /** Its socket. */
  readonly address: string;
  readonly version: string;
  /** How it is spoken to: as one of ours, or in KubeEdge's way. */
  readonly speaks: "edgetwin" | "v1beta1" | "v1alpha1";
  /** Calls to it, and those that failed. */
  readonly calls: number;
  readonly failedCalls: number;
  /** Reports by it, and those that were refused because there were too many. */
  readonly reports: number;
  readonly refusedReports: number;
}

/** One source of mappers as people see it. */
export interface MapperStatus {
  readonly name: string;
  /** As configured; undefined for one that registered itself. */
  readonly package?: string;
  readonly home: MapperHome;
  readonly state: "starting" | "serving" | "away" | "failed";
  readonly reason?: string;
  readonly serves: readonly Offer[];
  /** Devices that it serves, or would if it ran. */
  readonly devices: number;
  /** Values that its devices pushed: passed on, and skipped because newer ones came too soon. */
  readonly pushes?: { readonly taken: number; readonly skipped: number };
  readonly process?: ProcessFigures;
  readonly link?: LinkFigures;
}
