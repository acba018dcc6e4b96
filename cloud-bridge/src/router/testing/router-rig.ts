import { randomUUID } from "node:crypto";
import type { Envelope, Message } from "@edgetwin/cloud-protocol";
import { type Clock, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { cachedObjects } from "../../controllers/testing/cached-objects.ts";
import type { StoredObject } from "../../kubernetes/client.ts";
import { Router } from "../router.ts";
import { RuleStatus } from "../rule-status.ts";
import { RuleTable } from "../rule-table.ts";

/** A router with rules of a test, whose edges remember what they were sent. */
export function routerRig({ clock = systemClock, timeoutMs = 5000 }: { clock?: Clock; timeoutMs?: number } = {}) {
  const rules = cachedObjects({});
  const endpoints = cachedObjects({});
  const sent: { readonly node: string; readonly envelope: Envelope }[] = [];
  const online = new Set<string>();
  const patched: { readonly name: string; readonly patch: unknown }[] = [];
  const client = {
    mergePatch: async (_: unknown, { name }: { readonly name: string }, patch: unknown) => {
      patched.push({ name, patch });
      return {} as StoredObject;
    },
  };
  const listeners = new Set<() => void>();
  const hub = {
    connectedNodes: () => [...online],
    send<T>(node: string, message: Message<T>, value: T, id: string = randomUUID()): boolean {
      if (!online.has(node)) return false;
      sent.push({ node, envelope: message.write(value, { id, timestamp: clock.now() }) });
      for (const listener of listeners) listener();
      return true;
    },
  };
  const status = new RuleStatus({ client, rules: rules.cache, clock, log: silentLog, everyMs: 50 });
  const table = new RuleTable(rules, endpoints);
  const router = new Router({ table, status, hub: () => hub, timeoutMs, clock, log: silentLog });
  let versions = 0;
  const object = (kind: string, name: string, spec: unknown, namespace: string): StoredObject => {
    versions += 1;
    const metadata = { name, namespace, uid: name, resourceVersion: String(versions) };
    return { apiVersion: "rules.kubeedge.io/v1", kind, metadata, spec };
  };
  return {
    ...{ router, table, status, sent, online, patched, rules, endpoints },
    endpoint: (
      name: string,
      ruleEndpointType: string,
      properties: Readonly<Record<string, string>> = {},
      namespace = "default",
    ) => endpoints.put(object("RuleEndpoint", name, { ruleEndpointType, properties }, namespace)),
    rule: (name: string, spec: unknown, namespace = "default") => rules.put(object("Rule", name, spec, namespace)),
    /** Calls `listener` after everything that is sent. */
    onSent: (listener: () => void) => listeners.add(listener),
    async [Symbol.asyncDispose]() {
      router[Symbol.dispose]();
      table[Symbol.dispose]();
      await status[Symbol.asyncDispose]();
    },
  };
}
