import type { CheckedLoop, Property, PropertyType, Safety, Value } from "@edgetwin/mapper-sdk";

/** `namespace/name` of a Device. */
export type DeviceId = string;

/** Through which door a change came in. */
export type Door = "mqtt" | "rest" | "command" | "cloud" | "manifest" | "mapper" | "agent";

/** Who changed something: the door, and whoever stood in it. */
export interface Origin {
  readonly door: Door;
  /** Client id, user, mapper name: for people, not for decisions. */
  readonly actor: string;
  /** The request's own id (`event_id`, `X-Request-Id`), so that an answer can be matched to it. */
  readonly request?: string;
}

/**
 * Where a desired version stands. `pending`: stored, not yet tried. `applying`: the driver is at it. `applied`: the
 * driver returned. `verified`: a read-back agreed. `failed`: tried, will be tried again. `rejected`: cannot be done
 * until somebody changes the desired value or the configuration.
 */
export type Phase = "pending" | "applying" | "applied" | "verified" | "rejected" | "failed";

/** A value somebody wants. */
export interface Desired {
  readonly value: Value;
  /** Rises by one with every change of this property, never reused. */
  readonly version: number;
  /** Wall-clock milliseconds. */
  readonly at: number;
  readonly origin: Origin;
}

/** How far the desired version `version` got. */
export interface Progress {
  readonly phase: Phase;
  readonly version: number;
  readonly at: number;
  /** Writes tried so far for this version. */
  readonly attempts: number;
  /** Why it failed, was rejected, or has to wait; for people. */
  readonly reason?: string;
}

/** `stale`: nobody has read it for too long, or the device is away. `bad`: the last reading failed. */
export type Quality = "good" | "stale" | "bad";

/** A value the device said it has. */
export interface Reported {
  readonly value: Value;
  /** Time of the newest reading, wall-clock milliseconds. */
  readonly at: number;
  /** Who read it: `"mapper gpio"`, `"mqtt client 7"`. */
  readonly source: string;
  readonly quality: Quality;
  /** Why the quality is not good. */
  readonly reason?: string;
  /** Rises by one with every change of value. */
  readonly version: number;
}

/** Desired and reported side of one property. Immutable: the reducer returns new ones. */
export interface PropertyTwin {
  readonly name: string;
  readonly type: PropertyType;
  /** True when only a message announced it; such a twin may be withdrawn by a message. */
  readonly optional: boolean;
  readonly desired?: Desired;
  readonly progress?: Progress;
  readonly reported?: Reported;
  /** The highest desired version ever given; survives clearing the desired value. */
  readonly lastVersion: number;
  /** The highest desired version the driver is known to have written; 0 for none. */
  readonly appliedVersion: number;
  /** Number of causes recorded so far; the next cause gets this as its `seq`. */
  readonly causes: number;
}

/** KubeEdge's words for the health of a device. */
export type HealthState = "online" | "ok" | "offline" | "unhealthy" | "unknown";

/** Whether the device itself answers. */
export interface Health {
  readonly state: HealthState;
  readonly at: number;
  readonly reason?: string;
  /** Last time the state was `online` or `ok`. */
  readonly lastOnlineAt?: number;
}

/** What a device's manifest and model say about its twins. */
export interface DeviceShape {
  /** Properties by name, narrowed by the mapper that serves the device. */
  readonly properties: ReadonlyMap<string, Property>;
  readonly safety?: Safety;
  /** By writable property: the other property in which a write must show. */
  readonly verify?: ReadonlyMap<string, CheckedLoop>;
  /**
   * Whether a mapper of this agent serves the device. If so, only the runner says what was applied; if not, a report
   * from the message bus that agrees with the desired value is the confirmation (KubeEdge's way).
   */
  readonly served: boolean;
}

/** The twins of one device. The engine owns it; nothing else changes it. */
export interface DeviceTwin {
  readonly id: DeviceId;
  /** Kept over re-creation by name: a deleted and re-created device gets another one. */
  readonly uid: string;
  readonly shape: DeviceShape;
  readonly twins: ReadonlyMap<string, PropertyTwin>;
  readonly health: Health;
}

/** A value as it came through a door: text from KubeEdge's borders and the command line, JSON from REST, or a twin value. */
export type RawValue = { readonly text: string } | { readonly json: unknown } | { readonly value: Value };

/** A reading: the value, and when it was taken if that is not now. */
export interface Reading {
  readonly raw: RawValue;
  readonly at?: number;
}

/** Everything that can happen to the twins of a device. `at` is wall-clock milliseconds. */
export type TwinEvent =
  | {
      /** Whole message or nothing: one refused entry refuses all. */
      readonly kind: "change";
      readonly at: number;
      readonly origin: Origin;
      /** Desired values by property; null clears. */
      readonly desired?: Readonly<Record<string, RawValue | null>>;
      /** Refused unless the property's `lastVersion` is exactly this one. */
      readonly ifVersion?: Readonly<Record<string, number>>;
      readonly reported?: Readonly<Record<string, Reading>>;
      /** Types for properties that neither model nor twin know; they become optional twins. */
      readonly announced?: Readonly<Record<string, PropertyType>>;
      /** Optional twins to forget. */
      readonly withdrawn?: readonly string[];
    }
  | {
      /** A mapper read `names` again and found each as it had said before: usually only the time of reading moves on. */
      readonly kind: "refresh";
      readonly at: number;
      readonly origin: Origin;
      readonly names: readonly string[];
      /** In the order of `names`. */
      readonly values: readonly Value[];
    }
  | {
      /** The runner's word on a desired version. Ignored when that version is no longer the wanted one. */
      readonly kind: "progress";
      readonly at: number;
      readonly property: string;
      readonly version: number;
      readonly phase: Exclude<Phase, "pending">;
      readonly reason?: string;
      /** The reading that proves it. */
      readonly reported?: { readonly value: Value; readonly origin: Origin };
    }
  | {
      /** The quality of reported values changed without a new value, e.g. because the device is away. */
      readonly kind: "quality";
      readonly at: number;
      readonly quality: Quality;
      readonly reason?: string;
      /** All properties when left out. */
      readonly properties?: readonly string[];
    }
  | {
      readonly kind: "health";
      readonly at: number;
      readonly origin: Origin;
      readonly state: HealthState;
      readonly reason?: string;
    }
  | {
      /** Manifest or model changed: new properties get twins, gone ones lose theirs, desired values that no longer fit are rejected. */
      readonly kind: "configure";
      readonly at: number;
      readonly origin: Origin;
      readonly shape: DeviceShape;
    }
  | {
      /** The agent started: what was being applied may or may not have reached the device. */
      readonly kind: "restart";
      readonly at: number;
    };

/** Why an entry of an event was not taken. */
export interface Refusal {
  readonly property: string;
  readonly code: RefusalCode;
  /** Names the value and the fix. */
  readonly message: string;
}

export type RefusalCode =
  /** The device has no such property. */
  | "PROPERTY_UNKNOWN"
  /** The value has the wrong type or is out of range. */
  | "VALUE_INVALID"
  /** The property is read-only. */
  | "READ_ONLY"
  /** `ifVersion` did not match. */
  | "VERSION_CONFLICT"
  /** The desired values would break an interlock. */
  | "INTERLOCK"
  /** More optional twins than the limit. */
  | "LIMIT";

/** One twin before and after; `after` is undefined when it was withdrawn. */
export interface TwinChange {
  readonly name: string;
  readonly before?: PropertyTwin;
  readonly after?: PropertyTwin;
}

/** One line of the cause log: who changed what, when, through which door, with which result. */
export interface Cause {
  readonly property: string;
  /** Position in the property's log, from 0; the store keeps the newest ones only. */
  readonly seq: number;
  readonly at: number;
  readonly origin: Origin;
  readonly what: "desired" | "cleared" | "refused" | Exclude<Phase, "pending"> | "drifted" | "called" | "call-failed";
  readonly version?: number;
  readonly value?: Value;
  readonly reason?: string;
}

/** What must happen after the event, in this order; nothing here is I/O yet. */
export type Effect =
  /**
   * Store the changed twins and causes. `durable`: on the card before anybody is told. `lazy`: safe from the death of
   * the process before anybody is told. `deferred`: with the next flush; nobody waits for it.
   */
  | { readonly kind: "persist"; readonly durability: "durable" | "lazy" | "deferred" }
  /** Tell the device runner that desired values differ from applied ones. */
  | { readonly kind: "deliver"; readonly properties: readonly string[] }
  /** Tell whoever watches (MQTT, SSE, cloud outbox). */
  | { readonly kind: "publish" };

/** What the reducer returns. `changes` replace twins; everything else of the device stays. */
export interface Outcome {
  readonly refusals: readonly Refusal[];
  readonly changes: readonly TwinChange[];
  readonly causes: readonly Cause[];
  readonly effects: readonly Effect[];
  readonly health?: Health;
  readonly shape?: DeviceShape;
  /** Reported values that were read again and found unchanged: only the time of their reading moves on. */
  readonly refreshed?: { readonly at: number; readonly names: readonly string[] };
}
