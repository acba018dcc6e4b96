import { randomUUID } from "node:crypto";
import type { DiscoverEnvironment, Discovered, Discoverer } from "../../discover.ts";
import type { FieldFacts } from "../../field-facts.ts";
import { configFromWire, configToWire } from "../host/config-value.ts";
import type { discovererFacts, finding } from "../host/messages.ts";
import { modelFromWire } from "../host/model-facts.ts";
import type { MessageOf } from "../wire/message.ts";
import { errorFrom, type HostConnection } from "./host-connection.ts";

/** Looks for devices in another process; the buses that it needs are taken here, where their queues are. */
export function remoteDiscoverer(
  host: HostConnection,
  part: string,
  { description, options }: MessageOf<typeof discovererFacts>,
): Discoverer {
  return {
    description,
    ...(options && { options: configFromWire(options) as FieldFacts[] }),
    find: (given, environment) => search(host, { part, given }, environment),
  };
}

async function* search(
  host: HostConnection,
  { part, given }: { readonly part: string; readonly given: unknown },
  { signal, devices, turn = (_, action) => action() }: DiscoverEnvironment,
): AsyncGenerator<Discovered> {
  const id = randomUUID();
  const options = given === undefined ? undefined : configToWire(given, "options");
  const there = devices && { devices: configToWire(devices, "devices") };
  try {
    for await (const answer of host.client.discover({ part, options, search: id, ...there }, { signal })) {
      if (answer.finding) yield findingOf(answer.finding);
      else void take(answer).catch(() => undefined); // the search tells what it failed with by itself
    }
  } catch (error) {
    if (signal.aborted) return;
    throw errorFrom(host, error);
  }

  async function take({ turn: wanted, bus }: { readonly turn: string; readonly bus: string }): Promise<void> {
    await turn(bus, async () => void (await host.client.takeTurn({ search: id, turn: wanted }, { signal })));
  }
}

function findingOf(found: MessageOf<typeof finding>): Discovered {
  const { name, description, confidence = 0, connection, visitors, model, facts, known } = found;
  return {
    name,
    description,
    confidence,
    ...(connection && { connection: configFromWire(connection) as Record<string, unknown> }),
    ...(visitors && { visitors: configFromWire(visitors) as Record<string, Record<string, unknown>> }),
    ...(model && { model: modelFromWire(model) }),
    ...(facts && { facts: configFromWire(facts) as Record<string, string> }),
    ...(known !== undefined && { known }),
  };
}
