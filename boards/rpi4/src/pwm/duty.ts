import { HalError, type PwmOptions } from "@edgetwin/mapper-sdk";

/** `duty` when it is a share from 0 to 1. @throws HalError `"unsupported"` otherwise: the caller mixed up its units. */
export function checkDuty(line: number, duty: number): number {
  if (duty >= 0 && duty <= 1) return duty;
  throw new HalError("unsupported", `GPIO${line}: a duty of ${duty} is impossible; it is a share from 0 to 1`);
}

/** The frequency when it is one. @throws HalError `"unsupported"` otherwise. */
export function checkFrequency(line: number, { frequencyHz }: PwmOptions): number {
  if (frequencyHz > 0 && Number.isFinite(frequencyHz)) return frequencyHz;
  throw new HalError("unsupported", `GPIO${line}: ${frequencyHz} is no frequency; give hertz above 0`);
}
