import { UpdateClient } from "./client.ts";

/**
 * Desires another value for the probe's property every few milliseconds and tells its parent when each was sent, on the
 * machine's monotonic clock. A process of its own: the load generator is busy, and its delay is not the agent's.
 */
const [port, seconds] = process.argv.slice(2).map(Number) as [number, number];
await using client = await UpdateClient.connect(port);
const end = performance.now() + seconds * 1000;
for (let high = true; performance.now() < end; high = !high) {
  process.send?.(process.hrtime.bigint().toString());
  await client.update("default/bench-0", "p0", String(high));
  await new Promise((resolve) => setTimeout(resolve, 5));
}
process.disconnect?.();
