import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { delay, type Log, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { type RunningAgent, startAgent } from "../../src/agent.ts";
import { parseConfig } from "../../src/config/config.ts";
import type { PropertyTwin } from "../../src/twin/types.ts";
import { somebody } from "../support/devices.ts";

/** A compiled package of ./packages, as a configuration names it. */
export const packagePath = (name: string): string => fileURLToPath(new URL(`./packages/${name}.js`, import.meta.url));

/** A package of ./packages in a process of its own. */
export const isolated = (name: string, settings: object = {}) => ({
  package: packagePath(name),
  isolation: "process",
  name,
  ...settings,
});

/** A dimmer and a blind whose state is a file. */
export const filedManifests = (file: string, name = "filed-01") => `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: filed }
spec:
  protocol: filed
  properties:
    - { name: level, type: INT, accessMode: ReadWrite, minimum: "0" }
    - { name: blind, type: INT, accessMode: ReadWrite, minimum: "0" }
---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: ${name} }
spec:
  deviceModelRef: { name: filed }
  protocol: { protocolName: filed, configData: { file: ${file} } }
  properties:
    - { name: level, collectCycle: 100, visitors: { protocolName: filed, configData: { at: "1" } } }
    - { name: blind, collectCycle: 100, visitors: { protocolName: filed, configData: { at: "2" } } }
`;

/** An agent in this process, whose mappers may run in others. */
export class IsolatedAgent implements AsyncDisposable {
  readonly agent: RunningAgent;
  readonly #waiting = new Set<() => void>();

  constructor(agent: RunningAgent) {
    this.agent = agent;
    const notify = () => {
      for (const wake of [...this.#waiting]) wake();
      this.#waiting.clear();
    };
    agent.core.engine.onApplied(notify);
    agent.core.registry.onChange(notify);
  }

  static async start(
    directory: string,
    settings: Readonly<Record<string, unknown>>,
    { log = silentLog }: { readonly log?: Log } = {},
  ): Promise<IsolatedAgent> {
    const raw = {
      stateDirectory: directory,
      board: { use: "simulated" },
      bus: { broker: "off" },
      api: { port: 0 },
      ...settings,
    };
    const paths = { stateDirectory: directory, socket: join(directory, "edgetwin.sock") };
    const config = parseConfig(raw, { where: "test", directory, paths });
    const restarts = { firstMs: 10, capMs: 20 };
    return new IsolatedAgent(await startAgent(config, { log, restarts }));
  }

  async apply(text: string): Promise<void> {
    await this.agent.core.registry.apply(text, { origin: somebody });
  }

  /** Resolves when the value is on the card. */
  async desire(id: string, desired: Readonly<Record<string, string>>): Promise<void> {
    const { engine, clock } = this.agent.core;
    const entries = Object.entries(desired).map(([name, text]) => [name, { text }] as const);
    const event = { kind: "change", at: clock.now(), origin: somebody, desired: Object.fromEntries(entries) } as const;
    const { refusals } = await engine.submit(id, event);
    if (refusals.length > 0) throw new Error(refusals.map(({ message }) => message).join("; "));
  }

  twin(id: string, name: string): PropertyTwin | undefined {
    return this.agent.core.engine.device(id)?.twins.get(name);
  }

  state(id: string): string {
    const now = this.agent.core.registry.device(id)?.state;
    return now && "reason" in now ? `${now.name}: ${now.reason}` : (now?.name ?? "none");
  }

  /** Resolves when `condition` holds after a change of a twin or device. Rejects after `patienceMs`. */
  async until(what: string, condition: () => boolean, patienceMs = 20_000): Promise<void> {
    const enough = new AbortController();
    const late = delay(systemClock, patienceMs, enough.signal).then(
      () => true,
      () => false,
    );
    try {
      while (!condition()) {
        const woken = new Promise<boolean>((resolve) => this.#waiting.add(() => resolve(false)));
        if (await Promise.race([woken, late])) {
          const states = this.agent.core.registry.devices().map(({ id }) => `${id} ${this.state(id)}`);
          throw new Error(`${what} did not come about: ${states.join("; ")}`);
        }
      }
    } finally {
      enough.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent[Symbol.asyncDispose]();
  }
}
