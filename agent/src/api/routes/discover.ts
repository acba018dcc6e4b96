import type { ServerResponse } from "node:http";
import { formatDuration, type Log, MapperError, parseDuration, showValue } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, ModelError, toJsonText } from "@edgetwin/models";
import type { DiscoveryItem, DiscoveryOffer } from "../../discovery/discovery.ts";
import { Proposer } from "../../discovery/proposer.ts";
import { AgentError, type AgentErrorCode } from "../../errors.ts";
import { jsonBody } from "../body.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";

const path = "/api/v1/discover";

/** Looking for devices: who can, and doing it. */
export const discoverRoutes: readonly Route[] = [
  {
    method: "GET",
    path,
    handle: ({ state }) => ok({ items: state.discovery?.offers() ?? [] } satisfies OfferListJson),
  },
  { method: "POST", path, handle: postDiscover },
];

/** Who can look for devices. */
export interface OfferListJson {
  readonly items: readonly DiscoveryOffer[];
}

/** Something that was found, with what to apply to make it a device. */
export interface FoundJson {
  readonly name: string;
  readonly description: string;
  readonly confidence: number;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** Name of the device that it is or would become. */
  readonly device?: string;
  /** Id of the device that it already is. */
  readonly known?: string;
  /** DeviceModel and Device to apply; missing when there is nothing to apply. */
  readonly manifests?: readonly (DeviceModel | Device)[];
}

/** How a look ended. */
export type DiscoverEndJson =
  | { readonly reason: "complete" | "time" | "limit"; readonly found: number }
  | { readonly reason: "failed"; readonly found: number; readonly code: AgentErrorCode; readonly detail: string };

const defaultForMs = 10_000;

async function postDiscover(call: Call): Promise<Reply> {
  const { core, state } = call;
  const body = await jsonBody(call, ["protocol", "options", "for", "namespace"]);
  const protocol = asText(body.protocol, "protocol");
  const namespace = body.namespace === undefined ? "default" : asText(body.namespace, "namespace");
  const forMs = asFor(body.for, state.limits.maxWaitMs);
  if (!state.discovery) throw new AgentError("NOT_FOUND", "nothing here looks for devices");
  const gone = new AbortController();
  const proposer = new Proposer({ registry: core.registry, protocol: protocol.split(":")[0] as string, namespace });
  const devices = proposer.devices();
  const items = state.discovery.start({ protocol, options: body.options, forMs, signal: gone.signal, devices });
  return {
    status: 200,
    stream: (response) => {
      response.once("close", () => gone.abort());
      void stream(response, items, { proposer, log: core.log }).finally(() => response.end());
    },
  };
}

async function stream(
  response: ServerResponse,
  items: AsyncIterable<DiscoveryItem>,
  { proposer, log }: { readonly proposer: Proposer; readonly log: Log },
): Promise<void> {
  response.setHeader("Content-Type", "text/event-stream");
  response.setHeader("X-Accel-Buffering", "no");
  response.flushHeaders();
  const send = (event: string, data: FoundJson | DiscoverEndJson) =>
    void response.write(`event: ${event}\ndata: ${toJsonText(data)}\n\n`);
  let found = 0;
  try {
    for await (const item of items) {
      if (response.destroyed) return;
      if (item.kind === "done") send("done", { reason: item.reason, found });
      else {
        send("found", foundJson(item, proposer));
        found++;
      }
    }
  } catch (error) {
    // Whatever a mapper makes up ends this look only.
    if (!(error instanceof MapperError || error instanceof ModelError)) log.error("discover failed", { error });
    const detail = error instanceof Error ? error.message : String(error);
    send("done", { reason: "failed", found, code: "DEVICE_FAILED", detail });
  }
}

function foundJson({ found }: Extract<DiscoveryItem, { kind: "found" }>, proposer: Proposer): FoundJson {
  const { name, description, confidence, facts } = found;
  const { device, known, manifests } = proposer.propose(found);
  return {
    name,
    description,
    confidence,
    ...(facts && { facts }),
    ...(device !== undefined && { device }),
    ...(known !== undefined && { known }),
    ...(manifests.length > 0 && { manifests }),
  };
}

function asText(value: unknown, field: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new AgentError("REQUEST_INVALID", `the field "${field}" must be text, got ${showValue(value)}`);
}

function asFor(value: unknown, maxMs: number): number {
  if (value === undefined) return defaultForMs;
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0 && ms <= maxMs) return ms;
  const message = `the field "for" must be a duration up to ${formatDuration(maxMs)} such as "10s", got ${showValue(value)}`;
  throw new AgentError("REQUEST_INVALID", message);
}
