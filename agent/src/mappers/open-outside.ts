import { fileURLToPath } from "node:url";
import { type Log, Scope } from "@edgetwin/mapper-sdk";
import type { Backoff } from "../backoff.ts";
import type { AgentConfig } from "../config/config.ts";
import type { Core } from "../core.ts";
import { openDmi } from "../dmi/open-dmi.ts";
import type { Children } from "../isolation/children.ts";
import type { MapperCatalogue } from "../registry/catalogue.ts";
import type { LinkFigures, ProcessFigures } from "./mapper-status.ts";

/** What the mappers outside the agent are made of. */
export interface OutsideParts {
  readonly config: AgentConfig;
  readonly core: Core;
  readonly catalogue: MapperCatalogue;
  readonly random: () => number;
  /** Gets what mapper processes log, each at its own level. */
  readonly processLog: Log;
  /** How long to wait before a mapper process is started again; default from a fifth of a second to a minute. */
  readonly restarts?: Backoff;
}

/** The mappers outside the agent: those it starts, and those that register themselves. */
export interface OutsideMappers extends AsyncDisposable {
  processFigures(name: string): ProcessFigures | undefined;
  linkFigures(name: string): LinkFigures | undefined;
  /** Looks for the mappers that had registered before the agent was started. */
  restore(): Promise<void>;
}

const childEntry = fileURLToPath(new URL("../isolation/child-main.js", import.meta.url));

/**
 * Opens the sockets where mappers register and starts those that run in processes of their own. Disposing it ends the
 * latter; the others go on.
 *
 * @throws AgentError `START_FAILED` naming what is in the way of a socket.
 */
export async function openOutside(parts: OutsideParts): Promise<OutsideMappers> {
  const { config, core, catalogue, random } = parts;
  await using scope = new Scope();
  const children = config.mappers.some(({ isolation }) => isolation === "process")
    ? await childrenOf(parts)
    : undefined;
  const onAttached = (name: string) => children?.attached(name);
  const sockets = children?.sockets ?? new Map<string, string>();
  const dmi = scope.use(await openDmi({ config, core, catalogue, random, children: sockets, onAttached }));
  scope.use(children);
  children?.start();
  const owned = scope.move();
  return {
    processFigures: (name) => {
      const pid = dmi.pid(name);
      return children?.figures(name) ?? (pid === undefined ? undefined : { pid });
    },
    linkFigures: (name) => dmi.figures(name),
    restore: () => dmi.restore(),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** The mappers that run in processes of their own; an agent without any loads nothing for them. */
async function childrenOf({ config, core, catalogue, random, processLog, restarts }: OutsideParts): Promise<Children> {
  const [{ Children }, { startChild }, { defaultRestarts }] = await Promise.all([
    import("../isolation/children.ts"),
    import("../isolation/child-process.ts"),
    import("../isolation/mapper-process.ts"),
  ]);
  const { clock, log } = core;
  return new Children({
    ...{ config, catalogue, clock, random, log, processLog },
    restarts: restarts ?? defaultRestarts,
    manager: config.dmi.socket ?? "",
    entry: childEntry,
    start: startChild,
  });
}
