import { readFileSync } from "node:fs";
import { certificatePem, keyPem } from "../certificates/pem.ts";
import { BridgeError } from "../errors.ts";
import { Informer } from "../kubernetes/informer.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import { isLoopback } from "../router/loopback.ts";
import { openRestEntry, type RestEntry } from "../router/rest-entry.ts";
import { Router } from "../router/router.ts";
import { RuleStatus } from "../router/rule-status.ts";
import { RuleTable } from "../router/rule-table.ts";
import type { BridgeContext, BridgePart, OpenPart } from "./bridge-part.ts";

/** Longest body of a request: with base64 around it, it fits the frames of the hub. */
const longestBodyBytes = 1024 * 1024;

/** Carries messages between cloud and edges as Rules say. Its REST entry opens with the first rule that needs it. */
export const ruleRouting: OpenPart = async (context): Promise<BridgePart> => {
  const { config, client, clock, log, random, hub } = context;
  const stop = new AbortController();
  const common = { client, indexes: {}, clock, log, random };
  const rules = new Informer({ ...common, type: resourceTypes.rules });
  const endpoints = new Informer({ ...common, type: resourceTypes.ruleEndpoints });
  const running = Promise.all([rules.run(stop.signal), endpoints.run(stop.signal)]);
  const status = new RuleStatus({ client, rules: rules.cache, clock, log, everyMs: config.status.every });
  const table = new RuleTable(rules, endpoints);
  const router = new Router({ table, status, hub, timeoutMs: config.router.timeout, clock, log });
  const entry = restEntry(context, router);
  const look = () => {
    if (table.hasRest) entry.open();
  };
  const unsubscribe = table.subscribe(look);
  look();
  return {
    name: "rule routing",
    connected: (node) => router.connected(node),
    disconnected: (node) => router.disconnected(node),
    reply: (node, reply) => router.reply(node, reply),
    upload: (node, message) => router.upload(node, message),
    call: (node, call) => router.call(node, call),
    checks: () => entry.checks(),
    metrics: () => [
      {
        name: "edgetwin_bridge_routed_messages_total",
        type: "counter",
        help: "Messages that rules carried, or could not.",
        samples: [
          { labels: { result: "delivered" }, value: status.totals.delivered },
          { labels: { result: "failed" }, value: status.totals.failed },
        ],
      },
    ],
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await entry[Symbol.asyncDispose]();
      router[Symbol.dispose]();
      table[Symbol.dispose]();
      stop.abort();
      await running;
      await status[Symbol.asyncDispose]();
    },
  };
};

/** The REST entry, from when it is needed on. A port that cannot be had costs the rules only. */
function restEntry({ config, authority, log }: BridgeContext, router: Router) {
  let opening: Promise<RestEntry | undefined> | undefined;
  let problem: string | undefined;
  const { host, port, tokenFile } = config.router;
  const open = async () => {
    try {
      const { certificate, key } = await authority.server();
      const token = tokenFile === undefined ? undefined : tokenIn(tokenFile);
      const entry = await openRestEntry({
        ...{ host, port, longestBodyBytes },
        ...(!isLoopback(host) && { tls: { cert: certificatePem(certificate), key: keyPem(key) } }),
        ...(token !== undefined && { token }),
        answer: (request) => router.request(request),
      });
      log.info("rules take requests", { host, port: entry.port });
      return entry;
    } catch (error) {
      problem = (error as Error).message;
      log.error("rules take no requests", { error });
      return undefined;
    }
  };
  return {
    open() {
      opening ??= open();
    },
    checks: () => (problem === undefined ? [] : [{ check: "rules", ok: false, message: problem }]),
    async [Symbol.asyncDispose]() {
      await (await opening)?.[Symbol.asyncDispose]();
    },
  };
}

function tokenIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new BridgeError("CONFIG_INVALID", `router.tokenFile ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (text.length >= 16) return text;
  throw new BridgeError("CONFIG_INVALID", `router.tokenFile ${file} has no token of at least 16 characters`);
}
