import { type Clock, delay, type Log, MapperError, Scope } from "@edgetwin/mapper-sdk";
import { connect, listen, serveHost, v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import { type Backoff, backoffMs } from "../backoff.ts";
import { chooseBoard } from "../board.ts";
import { credentialOf } from "../credentials/credential-of.ts";
import { extendBoard } from "../extend-board.ts";
import { importFailure } from "../import-failure.ts";
import type { Part } from "../registry/catalogue.ts";
import { importParts } from "../registry/import-parts.ts";
import { noParts } from "../registry/load-mappers.ts";
import { resolverFrom } from "../registry/resolve-package.ts";
import { version } from "../version.ts";
import type { ChildSettings } from "./child-settings.ts";

/** The world of a child. */
export interface ChildWorld {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the process is to end. */
  readonly signal: AbortSignal;
}

const registering: Backoff = { firstMs: 100, capMs: 2_000 };

/**
 * Serves the mappers of one package to the agent until `signal` aborts, on a board of its own. Rejects with why it
 * cannot: the package does not load, the board or the socket cannot be had.
 */
export async function runChild(settings: ChildSettings, { clock, log, signal }: ChildWorld): Promise<void> {
  await using scope = new Scope();
  const resolve = resolverFrom(settings.directory);
  const parts = await load(settings, resolve);
  const chosen = await chooseBoard(settings.board, { resolve, clock, log });
  const board = scope.use(await extendBoard(chosen.board, settings.board.extensions, { resolve, clock }));
  signal.throwIfAborted();
  const { name, credentials } = settings;
  const credential = (named: string, address: string) =>
    credentialOf(named, address, { credentials, env: process.env });
  const host = serveHost({ parts, name, version, pid: process.pid, board, clock, log, signal, credential });
  // Devices are closed while the agent can still be told so.
  scope.use(await listen(settings.socket, [host], { mode: 0o600, log }));
  scope.use(host);
  await register(settings, parts, { clock, log, signal });
  await new Promise<void>((end) => {
    if (signal.aborted) return end();
    signal.addEventListener("abort", () => end(), { once: true });
  });
}

async function load(settings: ChildSettings, resolve: (name: string) => string): Promise<readonly Part[]> {
  let parts: readonly Part[];
  try {
    parts = await importParts(resolve(settings.package));
  } catch (cause) {
    throw new Error(importFailure(settings.package, cause), { cause });
  }
  if (parts.length === 0) throw new Error(noParts);
  return parts;
}

/** Tells the agent where it listens. An agent that is busy is asked again. */
async function register(
  { name, socket, manager }: ChildSettings,
  parts: readonly Part[],
  { clock, log, signal }: ChildWorld,
): Promise<void> {
  const address = Buffer.from(socket);
  const protocol = parts[0]?.protocol ?? "";
  const mapper = { name, version, apiVersion: "v1beta1", protocol, address, state: "ok" };
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      using connection = await connect(manager, { clock, signal });
      const { mapperRegister } = connection.client(v1beta1.deviceManager);
      await mapperRegister({ withData: true, mapper }, { timeoutMs: 5_000, signal });
      return;
    } catch (error) {
      if (error instanceof MapperError && !error.retryable) throw error;
      log.debug("agent does not answer yet", { error });
      await delay(clock, backoffMs(registering, failures, Math.random), signal).catch(() => {});
    }
  }
}
