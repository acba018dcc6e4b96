import { existsSync } from "node:fs";
import type { Device, DeviceModel } from "@edgetwin/models";
import type { DeviceEntry, Registry } from "../registry/registry.ts";
import { filePath } from "../store/files.ts";
import type { SinkParts } from "./run-sinks.ts";
import type { RunningSinks, SinkStatus } from "./sinks.ts";
import { wantsPush } from "./wants-push.ts";

/** Sinks as the rest of the agent sees them. */
export interface Sinks extends AsyncDisposable {
  /** What of a manifest's pushing cannot work; nothing when it pushes nothing. */
  inspect(device: Device, model: DeviceModel | undefined): Promise<readonly string[]>;
  /** Follows the devices of `registry` from now on. */
  follow(registry: Registry): void;
  /** Resolves when everything that was applied so far is in effect. */
  settled(): Promise<void>;
  list(): readonly SinkStatus[];
}

/**
 * The way out for reported values. Everything behind it is loaded by the first device that pushes something, or when values
 * from before a restart still wait: an agent without sinks pays for neither code nor file nor timer.
 */
export function openSinks(parts: SinkParts & { readonly stateDirectory: string }): Sinks {
  const { log, clock, stateDirectory } = parts;
  // Devices are opened and report before anybody follows them.
  const startedAt = clock.now();
  let running: RunningSinks | undefined;
  let loading: Promise<RunningSinks> | undefined;
  let stopFollowing = () => {};
  const load = (): Promise<RunningSinks> => {
    loading ??= import("./run-sinks.ts").then(async ({ runSinks }) => {
      running = await runSinks(parts);
      return running;
    });
    return loading;
  };
  /** In the order of the calls, also while the module is being loaded. */
  const tell = (what: (sinks: RunningSinks) => void) => {
    if (running) return what(running);
    load()
      .then(what)
      .catch((error: unknown) => log.error("sinks cannot be used", { error }));
  };
  const apply = (device: DeviceEntry, since: number) => {
    if (loading !== undefined || wantsPush(device.device)) tell((sinks) => sinks.apply(device, since));
  };
  return {
    async inspect(device, model) {
      if (!wantsPush(device)) return [];
      const names = (model?.spec.properties ?? []).map(({ name }) => name);
      return await (await load()).inspect(device, names);
    },
    follow(registry) {
      stopFollowing = registry.onChange((change) => {
        if (change.kind === "device applied") apply(change.device, clock.now());
        else if (change.kind === "device deleted" && loading !== undefined) tell((sinks) => sinks.remove(change.id));
      });
      for (const device of registry.devices()) apply(device, startedAt);
      // After the devices: what they still use is not taken for forgotten.
      if (existsSync(filePath(stateDirectory, "sinks"))) tell(() => undefined);
    },
    async settled() {
      await (await loading)?.settled();
    },
    list: () => running?.list() ?? [],
    async [Symbol.asyncDispose]() {
      stopFollowing();
      await (await loading)?.[Symbol.asyncDispose]();
    },
  };
}
