import { fileURLToPath } from "node:url";
import { type Log, Scope } from "@edgetwin/mapper-sdk";
import type { AgentConfig } from "../config/config.ts";
import type { Core } from "../core.ts";
import { openDmi } from "../dmi/open-dmi.ts";
import { startChild } from "../isolation/child-process.ts";
import { Children } from "../isolation/children.ts";
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
export async function openOutside({
  config,
  core,
  catalogue,
  random,
  processLog,
}: OutsideParts): Promise<OutsideMappers> {
  const { clock, log } = core;
  const manager = config.dmi.socket ?? "";
  const entry = childEntry;
  await using scope = new Scope();
  const children = new Children({
    config,
    manager,
    catalogue,
    entry,
    start: startChild,
    clock,
    random,
    log,
    processLog,
  });
  const onAttached = (name: string) => children.attached(name);
  const dmi = scope.use(await openDmi({ config, core, catalogue, random, children: children.sockets, onAttached }));
  scope.use(children);
  children.start();
  const owned = scope.move();
  return {
    processFigures: (name) => {
      const pid = dmi.pid(name);
      return children.figures(name) ?? (pid === undefined ? undefined : { pid });
    },
    linkFigures: (name) => dmi.figures(name),
    restore: () => dmi.restore(),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}
