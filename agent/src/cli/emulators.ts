import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Clock, Scope } from "@edgetwin/mapper-sdk";
import type { SimBoard, StartEmulator } from "@edgetwin/mapper-sdk/simulation";
import { type Device, ModelError, parseManifests, toV1beta1 } from "@edgetwin/models";
import { manifestFiles } from "../apply-files.ts";
import { AgentError } from "../errors.ts";
import { importFailure } from "../import-failure.ts";
import { resolverFrom } from "../registry/resolve-package.ts";
import { usageError } from "./usage-error.ts";

/** The world of the emulators. */
export interface EmulatorWorld {
  readonly board: SimBoard;
  readonly clock: Clock;
  /** Owns the emulators. */
  readonly scope: Scope;
}

/**
 * Starts the emulator that `module` exports as `startEmulator`, once for every device of the manifests, each with its own
 * connection settings.
 *
 * @throws AgentError `REQUEST_INVALID` when the module does not load or exports no emulator, `MANIFEST_INVALID` when a
 * manifest cannot be read, `START_FAILED` when an emulator cannot start.
 */
export async function startEmulators(
  module: string,
  manifests: readonly string[],
  world: EmulatorWorld,
): Promise<void> {
  const start = await loadEmulator(module);
  const { board, clock, scope } = world;
  for (const { metadata, spec } of await devicesOf(manifests)) {
    try {
      scope.use(await start({ board, clock, connection: spec.protocol?.configData ?? {} }));
    } catch (cause) {
      const { message } = cause as Error;
      throw new AgentError("START_FAILED", `the emulator of device ${metadata.name} does not start: ${message}`, {
        cause,
      });
    }
  }
}

async function loadEmulator(module: string): Promise<StartEmulator> {
  const path = resolve(module);
  let exported: { readonly startEmulator?: unknown };
  try {
    exported = await import(resolverFrom(process.cwd())(path));
  } catch (cause) {
    const reason = importFailure(path, cause).replace("of the configuration file", "where the command runs");
    throw usageError(
      `--emulator ${module} does not load: ${reason}`,
      "edgetwin mapper try --emulator dist/emulator.js",
    );
  }
  if (typeof exported.startEmulator === "function") return exported.startEmulator as StartEmulator;
  throw usageError(`${module} exports no function startEmulator`, "edgetwin help mapper try");
}

async function devicesOf(manifests: readonly string[]): Promise<readonly Device[]> {
  const devices: Device[] = [];
  for (const file of manifests.flatMap(filesOf)) {
    try {
      const { resources } = await parseManifests(readFileSync(file, "utf8"), { file });
      const converted = resources.map((resource) => toV1beta1(resource));
      devices.push(...converted.filter((resource) => resource.kind === "Device"));
    } catch (cause) {
      if (!(cause instanceof ModelError)) throw cause;
      throw new AgentError("MANIFEST_INVALID", cause.message, { cause });
    }
  }
  return devices;
}

function filesOf(path: string): readonly string[] {
  try {
    return manifestFiles(path);
  } catch (cause) {
    throw new AgentError("MANIFEST_INVALID", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
