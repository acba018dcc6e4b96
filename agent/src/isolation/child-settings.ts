import type { LogLevel } from "@edgetwin/program";
import type { AgentConfig } from "../config/config.ts";
import type { MapperSettings } from "../config/mapper-settings.ts";

/** What a mapper in a process of its own has to know; travels as JSON in its argument. No secrets: arguments can be seen. */
export interface ChildSettings {
  readonly name: string;
  /** Name or path of the package, as configured. */
  readonly package: string;
  /** Names of packages are resolved from here. */
  readonly directory: string;
  /** The socket it serves on. */
  readonly socket: string;
  /** The agent's socket, where it registers. */
  readonly manager: string;
  readonly board: Pick<AgentConfig["board"], "package" | "use" | "backend" | "extensions">;
  readonly level: LogLevel;
  /** Where secrets come from, not the secrets: the process reads them itself. */
  readonly credentials: AgentConfig["credentials"];
}

/** A program and its arguments; never goes through a shell. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Variables beside those of the agent. */
  readonly env: Readonly<Record<string, string>>;
}

/** What Node.js, its code and its young objects take of the memory of a process beside old objects. */
const runtimeBytes = 56 * 2 ** 20;
/** Less than this makes the collector run all the time. */
const leastHeapMegabytes = 16;

/**
 * How a mapper is started in a process of its own, with a heap that leaves room for the rest within its memory. What it
 * keeps on the card is kept beside what the agent keeps.
 */
export function childCommand(
  entry: string,
  settings: ChildSettings,
  { memory, stateDirectory }: Pick<MapperSettings, "memory"> & Pick<AgentConfig, "stateDirectory">,
): Command {
  const heap = Math.max(leastHeapMegabytes, Math.floor((memory - runtimeBytes) / 2 ** 20));
  return {
    file: process.execPath,
    args: [`--max-old-space-size=${heap}`, "--max-semi-space-size=1", entry, JSON.stringify(settings)],
    env: { EDGETWIN_STATE_DIR: stateDirectory },
  };
}
