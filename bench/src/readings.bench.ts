import { defineModel, defineProtocol, fields, type Mapper, p, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";

/** What a reading costs on its way through an open device, in bytes that are garbage afterwards. */
const names = Array.from({ length: 10 }, (_, index) => `p${index}`);
const model = defineModel("bench", Object.fromEntries(names.map((name) => [name, p.boolean()])));
const protocol = (read: () => unknown) =>
  defineProtocol({ protocol: "bench", visitor: fields({}), open: () => null, read }).serve(model);

/** Few enough passes for the young generation: a collection in between would make the difference worthless. */
const passes = 200;
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});
const metrics: Record<string, number> = {};

async function measure(label: string, mapper: Mapper): Promise<void> {
  await using device = await mapper.open({}, { board: new SimBoard(), clock: systemClock });
  const options = { signal: new AbortController().signal, goOn: () => true };
  const actions: readonly (readonly [string, () => Promise<unknown>, number])[] = [
    [`${label}ReadManyBytes`, () => device.readMany(names, options), names.length],
    [`${label}ReadBytes`, () => device.read("p0", options), 1],
  ];
  for (const [name, action, readings] of actions) {
    for (let pass = 0; pass < 5000; pass++) await action();
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let pass = 0; pass < passes; pass++) await action();
    metrics[name] = Math.round((process.memoryUsage().heapUsed - before) / passes / readings);
    console.log(`${name.padEnd(28)} ${metrics[name]}`);
  }
}

await measure(
  "value",
  protocol(() => true),
);
await measure(
  "promise",
  protocol(async () => true),
);
console.log(JSON.stringify({ name: "readings", metrics }));
