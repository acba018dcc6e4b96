import type { Clock } from "@edgetwin/mapper-sdk";

/** A frame on the air, for whoever wants to look at it. */
export interface AirFrame {
  readonly from: number;
  readonly to: number;
  /** 0 for the device profile, whose first byte is the sequence number. */
  readonly endpoint: number;
  readonly profile: number;
  readonly cluster: number;
  readonly payload: Buffer;
}

/** How a coordinator is made. */
export interface ZnpCoordinatorOptions {
  readonly clock?: Clock;
  readonly ieee?: string;
  /** Devices that its address table has room for. */
  readonly capacity?: number;
  /** From 0 to 1, for what is lost at random. */
  readonly random?: () => number;
  readonly onAir?: (frame: AirFrame) => void;
}
