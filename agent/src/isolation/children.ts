import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import type { Backoff } from "../backoff.ts";
import type { AgentConfig } from "../config/config.ts";
import type { MapperSettings } from "../config/mapper-settings.ts";
import type { ProcessFigures } from "../mappers/mapper-status.ts";
import type { MapperCatalogue } from "../registry/catalogue.ts";
import { loadMs } from "../registry/load-mappers.ts";
import type { StartChild } from "./child-process.ts";
import { type ChildSettings, childCommand } from "./child-settings.ts";
import { MapperProcess } from "./mapper-process.ts";
import type { ProcessState } from "./process-state.ts";

/** What children are made of. */
export interface ChildrenParts {
  readonly config: Pick<
    AgentConfig,
    "mappers" | "directory" | "stateDirectory" | "board" | "log" | "socket" | "credentials"
  >;
  /** The agent's own DMI socket. */
  readonly manager: string;
  readonly catalogue: MapperCatalogue;
  /** The program that runs a mapper in a process of its own. */
  readonly entry: string;
  readonly start: StartChild;
  readonly restarts: Backoff;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly processLog: Log;
}

/** The mappers that run in processes of their own, which the agent starts. */
export class Children implements AsyncDisposable {
  readonly #parts: ChildrenParts;
  readonly #children = new Map<string, { readonly process: MapperProcess; readonly settings: MapperSettings }>();
  readonly #timers: Timer[] = [];
  /** The socket of each, by the name of its mapper. */
  readonly sockets: ReadonlyMap<string, string>;

  constructor(parts: ChildrenParts) {
    this.#parts = parts;
    const isolated = parts.config.mappers.filter(({ isolation }) => isolation === "process");
    const directory = socketDirectory(parts.manager);
    this.sockets = new Map(isolated.map(({ name }, index) => [name, join(directory, `${index}.sock`)]));
    for (const settings of isolated) {
      this.#children.set(settings.name, { settings, process: this.#processOf(settings) });
    }
  }

  /** Starts them all; they register themselves. */
  start(): void {
    if (this.#children.size === 0) return;
    const { manager, catalogue, clock, log } = this.#parts;
    const directory = socketDirectory(manager);
    try {
      rmSync(directory, { recursive: true, force: true }); // what a killed agent left behind
      mkdirSync(directory, { recursive: true, mode: 0o750 });
    } catch (error) {
      log.error("mappers cannot get processes of their own", { directory, error });
      const reason = `its socket cannot be made: ${error instanceof Error ? error.message : String(error)}`;
      for (const name of this.#children.keys()) catalogue.fail(name, reason);
      return;
    }
    for (const [name, { process }] of this.#children) {
      process.start();
      // What it serves is not known until it registers; devices of other mappers must not wait for that for long.
      const giveUp = () => {
        if (catalogue.source(name)?.state === "starting") catalogue.fail(name, slow);
      };
      this.#timers.push(clock.after(loadMs, giveUp, { background: true }));
    }
  }

  /** The mapper `name` can be used. */
  attached(name: string): void {
    this.#children.get(name)?.process.registered();
  }

  figures(name: string): ProcessFigures | undefined {
    const child = this.#children.get(name);
    if (!child) return undefined;
    const { process, settings } = child;
    const usage = process.usage();
    const { pid, restarts } = process;
    return { ...(pid !== undefined && { pid }), restarts, ...usage, memoryBytes: settings.memory };
  }

  /** Ends them all, each with time to let go of its devices. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) timer[Symbol.dispose]();
    await Promise.all([...this.#children.values()].map(({ process }) => process[Symbol.asyncDispose]()));
    if (this.#children.size > 0) rmSync(socketDirectory(this.#parts.manager), { recursive: true, force: true });
  }

  #processOf(settings: MapperSettings): MapperProcess {
    const { config, manager, entry, start, restarts, clock, random, log, processLog } = this.#parts;
    const { name, memory } = settings;
    const child: ChildSettings = {
      name,
      package: settings.package,
      directory: config.directory,
      socket: this.sockets.get(name) ?? "",
      manager,
      board: config.board,
      level: settings.log ?? config.log.level,
      credentials: config.credentials,
    };
    return new MapperProcess({
      name,
      command: childCommand(entry, child, { memory, stateDirectory: config.stateDirectory }),
      memoryBytes: memory,
      start,
      restarts,
      clock,
      random,
      log,
      processLog,
      onState: (state) => this.#onState(name, state),
    });
  }

  /** The catalogue knows from the link that a process is gone; only here it is known why. */
  #onState(name: string, state: ProcessState): void {
    const { catalogue } = this.#parts;
    if (state.name !== "ending" && state.name !== "waiting") return;
    // One that never served may never do so: somebody has to look at it.
    const isKnown = (catalogue.source(name)?.offers.length ?? 0) > 0;
    if (isKnown) catalogue.detach(name, state.reason);
    else catalogue.fail(name, state.reason);
  }
}

const slow = `it has been starting for more than ${loadMs / 1000} s; it is used as soon as it has registered`;

/** Beside the agent's own socket: its path is short enough, and so is this one. */
const socketDirectory = (manager: string): string => `${manager}.d`;
