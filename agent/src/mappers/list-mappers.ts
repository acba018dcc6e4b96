import type { MapperSettings } from "../config/mapper-settings.ts";
import type { Catalogue } from "../registry/catalogue.ts";
import type { Registry } from "../registry/registry.ts";
import type { PushFigures } from "../runner/push-gate.ts";
import type { LinkFigures, MapperStatus, ProcessFigures } from "./mapper-status.ts";

/** Where the parts of a status come from. */
export interface MapperSources {
  readonly catalogue: Catalogue;
  readonly settings: readonly MapperSettings[];
  readonly registry: Pick<Registry, "devices">;
  readonly pushes: ReadonlyMap<string, PushFigures>;
  /** Of a mapper that the agent started in a process of its own. */
  processFigures(name: string): ProcessFigures | undefined;
  /** Of a mapper that registered. */
  linkFigures(name: string): LinkFigures | undefined;
}

/** Every mapper of the agent, in the order in which devices are given to them. */
export function listMappers({
  catalogue,
  settings,
  registry,
  pushes,
  ...figures
}: MapperSources): readonly MapperStatus[] {
  const devices = new Map<string, number>();
  for (const { source } of registry.devices()) {
    if (source !== undefined) devices.set(source, (devices.get(source) ?? 0) + 1);
  }
  return catalogue.sources().map(({ name, state, reason, offers, registered }) => {
    const configured = registered ? undefined : settings.find((mapper) => mapper.name === name);
    const process = figures.processFigures(name);
    const pushed = pushes.get(name);
    const link = figures.linkFigures(name);
    return {
      name,
      ...(configured && { package: configured.package }),
      home: configured?.isolation ?? "registered",
      state,
      ...(reason !== undefined && { reason }),
      serves: offers,
      devices: devices.get(name) ?? 0,
      ...(pushed && pushed.taken > 0 && { pushes: { ...pushed } }),
      ...(process && { process }),
      ...(link && { link }),
    };
  });
}
