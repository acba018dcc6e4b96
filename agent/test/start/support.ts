import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log, Scope } from "@edgetwin/mapper-sdk";
import { type AgentParts, type RunningAgent, startAgent } from "../../src/agent.ts";
import { parseConfig } from "../../src/config/config.ts";
import { lampsManifest } from "../support/real-agent.ts";

/** A log that keeps its lines as text. */
export class KeptLog implements Log {
  readonly lines: string[] = [];
  readonly debug = () => {};
  readonly info = () => {};
  readonly warn = (event: string, fields: object = {}) => this.#keep("warn", event, fields);
  readonly error = (event: string, fields: object = {}) => this.#keep("error", event, fields);

  #keep(level: string, event: string, fields: object): void {
    const shown = Object.values(fields).map((value) => (value instanceof Error ? value.message : String(value)));
    this.lines.push(`${level} ${event}: ${shown.join(", ")}`);
  }
}

export function temporaryDirectory(scope: Scope): string {
  const make = () => mkdtempSync(join(tmpdir(), "edgetwin-start-"));
  return scope.adopt(make(), (path) => rmSync(path, { recursive: true, force: true }));
}

/** An agent in this process with three lamps on a simulated board, without network unless `settings` say otherwise. */
export async function startLamps(
  directory: string,
  settings: Readonly<Record<string, unknown>>,
  parts: AgentParts,
): Promise<RunningAgent> {
  const raw = {
    stateDirectory: directory,
    socket: join(directory, "edgetwin.sock"),
    board: { use: "simulated" },
    bus: { broker: "off" },
    api: { port: 0 },
    manifests: [lampsManifest],
    ...settings,
  };
  const paths = { stateDirectory: directory, socket: join(directory, "edgetwin.sock") };
  return await startAgent(parseConfig(raw, { where: "test", directory, paths }), parts);
}

/** Resolves when device `id` was opened, refused or has to wait. */
export async function opened({ core: { registry } }: RunningAgent, id: string): Promise<void> {
  while (registry.device(id)?.state.name === "opening") {
    await new Promise<void>((resolve) => {
      const stop = registry.onChange(() => {
        stop();
        resolve();
      });
    });
  }
}
