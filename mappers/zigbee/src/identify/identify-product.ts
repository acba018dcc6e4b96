import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Clock } from "@edgetwin/mapper-sdk";
import type { KnownDevice } from "../network/library.ts";
import type { Product, Question } from "./product.ts";

/** Long enough for a Pi that loads a library from its card. */
const patienceMs = 20_000;
const main = fileURLToPath(new URL("./identify-main.js", import.meta.url));

/** What was looked up before, by what the devices said of themselves; null for what nobody knows. */
const known = new Map<string, Product | null>();
/** One at a time: each takes the memory of a large library for a second. */
let turn: Promise<unknown> = Promise.resolve();

/** How a look-up is bounded. */
export interface IdentifyOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Looks a device up among the products that zigbee-herdsman-converters knows; undefined when it is none of them, and
 * when that library is not installed.
 */
export async function identifyProduct(device: KnownDevice, options: IdentifyOptions): Promise<Product | undefined> {
  const { modelID, manufacturerName } = device;
  const key = `${manufacturerName}\n${modelID}`;
  const before = known.get(key);
  if (before !== undefined) return before ?? undefined;
  const mine = turn.then(() => known.get(key) ?? lookUp(questionOf(device), options));
  turn = mine.catch(() => undefined);
  const found = await mine;
  if (found !== undefined) known.set(key, found);
  return found ?? undefined;
}

const questionOf = (device: KnownDevice): Question => ({
  modelID: device.modelID,
  manufacturerName: device.manufacturerName,
  type: device.type,
  ieeeAddr: device.ieeeAddr,
  powerSource: device.powerSource,
  softwareBuildID: device.softwareBuildID,
  endpoints: device.endpoints.map(({ ID, profileID, deviceID, inputClusters, outputClusters }) => ({
    ID,
    profileID,
    deviceID,
    inputClusters,
    outputClusters,
  })),
});

/** Null when the product is not known, undefined when it could not be looked up. */
async function lookUp(question: Question, { clock, signal }: IdentifyOptions): Promise<Product | null | undefined> {
  const child = spawn(process.execPath, [main], { stdio: ["pipe", "pipe", "ignore"] });
  using _ = clock.after(patienceMs, () => child.kill("SIGKILL"), { background: true });
  const stop = () => child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  child.on("error", stop);
  child.stdin.on("error", stop); // it ended before it was asked
  child.stdin.end(JSON.stringify(question));
  try {
    return JSON.parse(await text(child.stdout)) as Product | null;
  } catch {
    return undefined; // not installed, or too slow
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
