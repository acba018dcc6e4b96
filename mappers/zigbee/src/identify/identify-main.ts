import { text } from "node:stream/consumers";
import type { Product, Question } from "./product.ts";

// Looks one product up and ends: the tables of all products take more memory than everything else together, so they are
// loaded in a process of their own for a second, and only when somebody looks for devices.

interface Exposed {
  readonly name?: string;
  readonly property?: string;
  readonly features?: readonly Exposed[];
}

interface Definition {
  readonly vendor: string;
  readonly model: string;
  readonly description: string;
  readonly exposes: readonly Exposed[] | ((device: unknown, options: object) => readonly Exposed[]);
}

const question = JSON.parse(await text(process.stdin)) as Question;
const { findByDevice, setLogger } = (await import("zigbee-herdsman-converters")) as unknown as {
  findByDevice(device: unknown): Promise<Definition | undefined>;
  setLogger(logger: object): void;
};
const quiet = (): void => {};
setLogger({ debug: quiet, info: quiet, warning: quiet, error: quiet });

const endpoints = question.endpoints.map((endpoint) => ({
  ...endpoint,
  supportsInputCluster: (cluster: number) => endpoint.inputClusters.includes(cluster),
  getClusterAttributeValue: quiet,
  meta: {},
}));
const device = {
  ...question,
  endpoints,
  meta: {},
  customClusters: {},
  getEndpoint: (id: number) => endpoints.find(({ ID }) => ID === id),
};
const found = await findByDevice(device);
const namesOf = ({ name, property, features = [] }: Exposed): string[] => [
  ...(property ? [property] : name ? [name] : []),
  ...features.flatMap(namesOf),
];
const product: Product | undefined = found && {
  vendor: found.vendor,
  model: found.model,
  description: found.description,
  exposes: (typeof found.exposes === "function" ? found.exposes(device, {}) : found.exposes).flatMap(namesOf),
};
process.stdout.write(JSON.stringify(product ?? null));
