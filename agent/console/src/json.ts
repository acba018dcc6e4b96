// What the agent answers, as far as the console reads it; docs/reference/rest.md is the source.

/** A value of a twin. */
export type Json = string | number | boolean;

/** Where a desired version stands. */
export type Phase = "pending" | "applying" | "applied" | "verified" | "rejected" | "failed";

/** Who changed something. */
export interface Origin {
  readonly door: string;
  readonly actor: string;
}

/** One property of a device. */
export interface Twin {
  readonly propertyName: string;
  readonly type: "INT" | "FLOAT" | "DOUBLE" | "STRING" | "BOOLEAN" | "BYTES";
  readonly access: "r" | "rw";
  readonly unit?: string;
  readonly options?: readonly string[];
  readonly min?: Json;
  readonly max?: Json;
  readonly desired?: { readonly value: Json; readonly version: number; readonly at: string; readonly by: Origin };
  readonly phase?: Phase;
  readonly phaseAt?: string;
  readonly attempts?: number;
  readonly reason?: string;
  readonly reported?: {
    readonly value: Json;
    readonly at: string;
    readonly source: string;
    readonly quality: "good" | "stale" | "bad";
    readonly reason?: string;
  };
}

/** A device with its twins. */
export interface Device {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: { readonly deviceModelRef?: { readonly name: string } };
  readonly status: {
    readonly state: string;
    readonly reason?: string;
    readonly mapper: { readonly name?: string; readonly state: string; readonly reason?: string };
    readonly twins: readonly Twin[];
  };
}

/** One line of the cause log. */
export interface Cause {
  readonly seq: number;
  readonly at: string;
  readonly by: Origin;
  readonly what: string;
  readonly version?: number;
  readonly value?: Json;
  readonly reason?: string;
}

/** The past of a property. */
export interface Past {
  readonly kind: "number" | "state";
  readonly unit?: string;
  readonly from: string;
  readonly to: string;
  readonly items: readonly {
    readonly at: string;
    readonly min?: number | null;
    readonly max?: number | null;
    readonly mean?: number | null;
    readonly value?: string | null;
  }[];
}

/** A line of the board. */
export interface Line {
  readonly name: string;
  readonly pin?: number;
  readonly labels: readonly string[];
  readonly holder?: string;
}

/** What the agent runs on. */
export interface System {
  readonly node: string;
  readonly version: string;
  readonly nodejs: string;
  readonly board: string;
  readonly startedAt: string;
  readonly memory: { readonly residentBytes: number };
  readonly cpuSeconds: number;
  readonly store: {
    readonly condition: { readonly state: string; readonly reason?: string };
    readonly bytesWritten: Readonly<Record<string, number>>;
    readonly databaseBytes: number;
    readonly walBytes: number;
  };
  readonly history?: { readonly fileBytes: number };
  readonly lines: readonly Line[];
  readonly buses: readonly {
    readonly bus: string;
    readonly queueLength: number;
    readonly requests: number;
    readonly failed: number;
    readonly missedPolls: number;
    readonly refused: number;
  }[];
}

/** Who drives devices. */
export interface Mapper {
  readonly name: string;
  readonly home: string;
  readonly state: string;
  readonly reason?: string;
  readonly devices: number;
  readonly process?: { readonly rssBytes?: number; readonly restarts?: number };
}

/** The connection to the cloud. */
export interface Cloud {
  readonly state: string;
  readonly reason?: string;
  readonly server?: string;
  readonly devicesWaiting?: number;
}

/** What this browser may do. */
export interface Session {
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}
