import type { Feed } from "@edgetwin/mapper-sdk";
import type { ObjectId } from "../names/object-types.ts";
import type { Told } from "./cov-keeper.ts";
import type { ObjectState } from "./object-state.ts";

/** An object that somebody watches. Times are on the monotonic clock; infinity is never. */
export interface Watched {
  readonly object: ObjectId;
  readonly feed: Feed<Told>;
  mode: "new" | "subscribed" | "read";
  /** Whether it is asked for confirmed notifications. */
  confirmed: boolean;
  subscribedAt: number;
  renewAt: number;
  readAt: number;
  /** A notification has to have come by then. */
  judgeAt: number;
  /** Notifications so far. */
  heard: number;
  /** Missing notifications in a row. */
  losses: number;
  /** COV_Increment, once it is known. */
  increment: number | undefined;
  state: ObjectState | undefined;
  /** Whoever watches was told that nobody knows. */
  failing: boolean;
}

/** Of an object that somebody begins to watch. */
export const unknownState = {
  mode: "new",
  subscribedAt: Number.NEGATIVE_INFINITY,
  renewAt: Number.POSITIVE_INFINITY,
  readAt: Number.POSITIVE_INFINITY,
  judgeAt: Number.POSITIVE_INFINITY,
  heard: 0,
  losses: 0,
  increment: undefined,
  state: undefined,
  failing: false,
} as const;

/** An object that is about to be watched. */
export const watchedObject = (object: ObjectId, feed: Feed<Told>): Watched => ({
  object,
  feed,
  confirmed: true,
  ...unknownState,
});

/** A notification came: the subscription is alive. */
export function heardAgain(watched: Watched): void {
  watched.heard++;
  watched.losses = 0;
  watched.judgeAt = Number.POSITIVE_INFINITY;
  watched.readAt = Number.POSITIVE_INFINITY;
  watched.mode = "subscribed";
}

/** When something is to be done about one of `all`. */
export function nextDueMs(all: readonly Watched[], checkAt: number): number {
  return all.reduce((due, { renewAt, readAt, judgeAt }) => Math.min(due, renewAt, readAt, judgeAt), checkAt);
}
