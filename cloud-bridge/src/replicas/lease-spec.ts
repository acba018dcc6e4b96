import type { StoredObject } from "../kubernetes/client.ts";

/** What a Lease of `coordination.k8s.io/v1` says. */
export interface LeaseSpec {
  /** Empty when nobody holds it. */
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions: number;
}

/** What a Lease says, whoever wrote it. */
export function leaseSpecOf({ spec }: StoredObject): LeaseSpec {
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = (spec ?? {}) as Partial<
    Record<keyof LeaseSpec, unknown>
  >;
  return {
    holderIdentity: typeof holderIdentity === "string" ? holderIdentity : "",
    leaseDurationSeconds: typeof leaseDurationSeconds === "number" ? leaseDurationSeconds : 0,
    ...(typeof acquireTime === "string" && { acquireTime }),
    ...(typeof renewTime === "string" && { renewTime }),
    leaseTransitions: typeof leaseTransitions === "number" ? leaseTransitions : 0,
  };
}

/** A time as Leases want it: six digits of a second, or the API refuses it. */
export const microTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");
