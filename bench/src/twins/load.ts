import type { UpdateClient } from "./client.ts";

/** Properties in use: 100 devices of 10. */
export const devices = 100;
export const properties = 10;

/** Device and property number `index`, spread over all. */
export const target = (index: number) => ({
  device: `default/bench-${index % devices}`,
  property: `p${Math.floor(index / devices) % properties}`,
});

/** Updates per second with `inFlight` at a time for `seconds`; every update changes its property's value. */
export async function updatesPerSecond(
  client: UpdateClient,
  { inFlight, seconds }: { inFlight: number; seconds: number },
): Promise<{ readonly rate: number; readonly count: number }> {
  // The probe's device is left alone.
  const all = Array.from({ length: devices * properties }, (_, index) => target(index)).filter(
    ({ device }) => device !== "default/bench-0",
  );
  const high = new Map<number, boolean>();
  const start = performance.now();
  const end = start + seconds * 1000;
  let next = 0;
  const worker = async () => {
    while (performance.now() < end) {
      const index = next++;
      const { device, property } = all[index % all.length] as ReturnType<typeof target>;
      const value = !(high.get(index % all.length) ?? false);
      high.set(index % all.length, value);
      await client.update(device, property, String(value));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { rate: next / ((performance.now() - start) / 1000), count: next };
}
