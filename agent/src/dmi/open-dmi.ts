import { existsSync } from "node:fs";
import { join } from "node:path";
import { Scope } from "@edgetwin/mapper-sdk";
import type { AgentConfig } from "../config/config.ts";
import type { Core } from "../core.ts";
import { doorsOnDisk } from "../doors-on-disk.ts";
import type { LinkFigures } from "../mappers/mapper-status.ts";
import type { MapperCatalogue } from "../registry/catalogue.ts";
import { listenLazily } from "./dmi-socket.ts";
import type { ReportRate } from "./mapper-links.ts";

/** What the doors for mappers of other processes are made of. */
export interface DmiParts {
  readonly config: Pick<AgentConfig, "dmi" | "stateDirectory">;
  readonly core: Core;
  readonly catalogue: MapperCatalogue;
  readonly random: () => number;
  /** Sockets of the processes that the agent starts itself, by the name of their mapper. */
  readonly children: ReadonlyMap<string, string>;
  /** Called when devices of a mapper can be served. */
  readonly onAttached: (name: string) => void;
  /** How often a mapper may report; enough for hundreds of properties when missing. */
  readonly reportRate?: ReportRate;
}

/** Mappers of other processes. Disposing it lets go of them; they go on. */
export interface Dmi extends AsyncDisposable {
  figures(name: string): LinkFigures | undefined;
  /** Process id of a mapper that tells it. */
  pid(name: string): number | undefined;
  /** Looks for the mappers that had registered before the agent was started. */
  restore(): Promise<void>;
}

/**
 * Opens the sockets where mappers of other processes register. What it takes to serve them is loaded when the first one
 * comes, or one was there before.
 *
 * @throws AgentError `START_FAILED` naming what is in the way.
 */
export async function openDmi(parts: DmiParts): Promise<Dmi> {
  const { config, core } = parts;
  const { dmi, stateDirectory } = config;
  const registrations = join(stateDirectory, "mappers.json");
  await using scope = new Scope();
  let loading: Promise<Outside> | undefined;
  let loaded: Outside | undefined;
  scope.defer(async () => (await loading)?.[Symbol.asyncDispose]());
  const load = async () => {
    loading ??= loadOutside(parts, registrations);
    loaded = await loading;
    return loaded;
  };
  if (dmi.socket !== undefined) {
    const places = [
      { path: dmi.socket, setting: "dmi.socket" },
      ...(dmi.kubeedgeSocket === undefined ? [] : [{ path: dmi.kubeedgeSocket, setting: "dmi.kubeedgeSocket" }]),
    ];
    const onDisk = doorsOnDisk(core);
    scope.use(await onDisk("mappers of other processes", () => listenLazily(places, { load, log: core.log })));
  }
  const owned = scope.move();
  return {
    figures: (name) => loaded?.links.figures(name),
    pid: (name) => loaded?.links.pid(name),
    async restore() {
      if (dmi.socket !== undefined && existsSync(registrations)) (await load()).restore();
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

type Outside = Awaited<ReturnType<typeof loadOutside>>;

async function loadOutside(parts: DmiParts, registrations: string) {
  const { serveOutside } = await import("./serve-outside.ts");
  return serveOutside(parts, registrations);
}
