import { type Clock, delay, linkSignals, MapperError } from "@edgetwin/mapper-sdk";
import { Network, type NetworkParts } from "./network.ts";

/**
 * The network of this process. There is one: the library keeps its devices in variables of its modules, so a second
 * controller would mix them up.
 */
let current: Network | undefined;
const waiting = new Set<() => void>();

/** How long a device waits for the network that it is in: after a power cut everything starts at once. */
const patienceMs = 10_000;

/**
 * Starts the network of a dongle. Rejects with `DEVICE_BUSY` while this process has another one, and as
 * `Network.start` does. It is in use until it is disposed.
 */
export async function openNetwork(parts: NetworkParts): Promise<Network> {
  const { path } = parts.connection;
  if (current) {
    const message =
      current.path === path
        ? `the dongle at ${path} belongs to another Device; one network has one Device for its dongle`
        : `this process runs the network at ${current.path}; a second dongle needs a process of its own`;
    throw new MapperError("DEVICE_BUSY", message);
  }
  const network = new Network(parts);
  current = network;
  try {
    await network.start();
  } catch (error) {
    current = undefined;
    await network[Symbol.asyncDispose]();
    throw error;
  }
  for (const tell of [...waiting]) tell();
  return network;
}

/** Ends a network that `openNetwork` started. */
export async function closeNetwork(network: Network): Promise<void> {
  await network[Symbol.asyncDispose]();
  if (current === network) current = undefined;
}

/** The network at `path`, or the only one; undefined when it was not opened or does not run. */
export function runningNetwork(path: string | undefined): Network | undefined {
  if (!current || (path !== undefined && current.path !== path)) return undefined;
  return current.status === "online" ? current : undefined;
}

/** The network at `path`, or the only one, once it runs. Rejects with `DEVICE_IO` when it does not for some seconds. */
export async function whenRunning(
  path: string | undefined,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Network> {
  const found = runningNetwork(path);
  if (found) return found;
  const started = new AbortController();
  const tell = () => {
    if (runningNetwork(path)) started.abort();
  };
  waiting.add(tell);
  try {
    using link = linkSignals(signal, started.signal);
    await delay(clock, current?.status === "lost" ? 0 : patienceMs, link.signal).catch(() => undefined);
  } finally {
    waiting.delete(tell);
  }
  signal.throwIfAborted();
  const late = runningNetwork(path);
  if (late) return late;
  const where = path === undefined ? "" : ` at ${path}`;
  throw new MapperError("DEVICE_IO", whyNot(path, where));
}

function whyNot(path: string | undefined, where: string): string {
  if (!current)
    return `no Zigbee network${where} runs here; apply a Device of the model zigbee-coordinator for its dongle`;
  if (path !== undefined && current.path !== path)
    return `no Zigbee network${where} runs here, but one at ${current.path}`;
  return `the network at ${current.path} does not run now`;
}
