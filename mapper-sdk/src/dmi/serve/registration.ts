import { status } from "@grpc/grpc-js";
import { attempt } from "../../attempt.ts";
import { type Clock, delay } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { Manager, MapperCard, Registered } from "../edgecore/manager.ts";
import { type Connection, connect } from "../transport/connect.ts";
import { managerOf as v1alpha1 } from "../v1alpha1/manager.ts";
import { managerOf as v1beta1 } from "../v1beta1/manager.ts";

/** What a registration needs. */
export interface RegistrationParts {
  /** Path of the manager's socket. */
  readonly socket: string;
  /** One for each protocol: managers know a mapper by the protocol that it speaks. */
  readonly cards: readonly MapperCard[];
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Resolves when it is to be registered once more although the manager is still there. */
  again(): Promise<void>;
  /** Called with what each registration brought, and with nothing when the manager is gone. */
  onManager(manager: Manager | undefined, registered?: Registered): Promise<void>;
}

/** Tries again this soon, and never later than the second: a manager that is back shall not wait for its mapper. */
const firstTryMs = 100;
const longestTryMs = 800;

/**
 * Keeps the process registered: again whenever the manager comes back, for ever. The manager's restart shows as the end
 * of the connection, which stays open in between.
 */
export async function keepRegistered(parts: RegistrationParts): Promise<void> {
  const { clock, log, random, signal } = parts;
  let failures = 0;
  let before = "";
  while (!signal.aborted) {
    try {
      using connection = await connect(parts.socket, { clock, signal });
      await once(parts, connection);
      failures = 0;
      before = "";
      await attempt(() => Promise.race([connection.ended, parts.again()]), signal);
      log.warn("dmi.manager-lost", { manager: parts.socket });
    } catch (error) {
      if (signal.aborted) break;
      const message = error instanceof Error ? error.message : String(error);
      if (message !== before) log.warn("dmi.not-registered", { manager: parts.socket, error });
      before = message;
      failures++;
    }
    await parts.onManager(undefined);
    const full = Math.min(longestTryMs, firstTryMs * 2 ** Math.min(failures, 10));
    await delay(clock, full / 2 + (full / 2) * random(), signal).catch(() => undefined);
  }
}

async function once({ cards, log, socket, onManager }: RegistrationParts, connection: Connection): Promise<void> {
  const { manager, first } = await spoken(connection, cards[0]);
  const answers = [first];
  for (const card of cards.slice(1)) answers.push(await manager.register(card));
  const registered = {
    models: answers.flatMap(({ models }) => models),
    devices: answers.flatMap(({ devices }) => devices),
  };
  const protocols = cards.map(({ protocol }) => protocol);
  log.info("dmi.registered", { manager: socket, protocols, devices: registered.devices.length });
  await onManager(manager, registered);
}

/** The newest version that the manager speaks, found by registering. */
async function spoken(connection: Connection, card: MapperCard | undefined) {
  if (!card) throw new MapperError("CONFIG_INVALID", "there is nothing to register: no mapper is served");
  const newest = v1beta1(connection);
  try {
    return { manager: newest, first: await newest.register(card) };
  } catch (error) {
    if ((error as { cause?: { code?: unknown } }).cause?.code !== status.UNIMPLEMENTED) throw error;
    const older = v1alpha1(connection);
    return { manager: older, first: await older.register(card) };
  }
}
