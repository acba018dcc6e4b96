import type { Device } from "@edgetwin/mapper-sdk";

/** How fast calls to a device are. */
export interface CallRate {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Makes calls for some seconds, `inFlight` of them at a time. */
export async function callRate(
  call: (number: number) => Promise<unknown>,
  { seconds, inFlight }: { readonly seconds: number; readonly inFlight: number },
): Promise<CallRate> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000;
  let number = 0;
  const worker = async () => {
    while (performance.now() < end) {
      const before = performance.now();
      await call(++number);
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const tookSeconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  return { perSecond: latencies.length / tookSeconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

/** Reads and writes of one property. */
export const reads = (device: Device) => () => device.read("level");
export const writes = (device: Device) => (number: number) => device.write("level", BigInt(number) as never);
