import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Timer } from "@edgetwin/mapper-sdk";
import { toJsonText } from "@edgetwin/models";
import type { Core } from "../core.ts";
import { deviceProfile } from "./device-profile.ts";

export interface ProfileFileOptions {
  readonly core: Pick<Core, "engine" | "registry" | "clock" | "log">;
  /** Where it goes, e.g. `<state directory>/deviceProfile.json`; stock mappers read `/opt/kubeedge/deviceProfile.json`. */
  readonly path: string;
  /** How long a changed desired value may wait for the file, ms. Default one minute: mappers read it at their start only. */
  readonly desiredDelayMs?: number;
}

/** Keeps `deviceProfile.json` up to date while it lives. */
export interface ProfileFile extends AsyncDisposable {
  /** Resolves when the file holds what was true at the call, or could not be written (which is logged). */
  settled(): Promise<void>;
}

/**
 * Writes `deviceProfile.json` now and after each change of a device or model, atomically, and only when its content changed.
 * Desired values of devices that a mapper on the bus serves follow later: a mapper that starts must not drive an old one.
 */
export function keepDeviceProfile({ core, path, desiredDelayMs = 60_000 }: ProfileFileOptions): ProfileFile {
  const { engine, registry, clock, log } = core;
  /** Of what the file holds: the text of a hundred devices is a third of a megabyte. */
  let written: string | undefined;
  let wanted = 0;
  let done = 0;
  let chain = Promise.resolve();
  let later: Timer | undefined;

  async function write(): Promise<void> {
    // One round covers all changes that came while the last one was written.
    if (done === wanted) return;
    done = wanted;
    try {
      written ??= await readFile(path).then(digestOf, () => undefined);
      const devices = registry.devices().map((entry) => ({ entry, twin: engine.device(entry.id) }));
      // Not JSON.stringify: a default beyond 2^53 is a bigint and stays exact.
      const text = `${toJsonText(deviceProfile(devices))}\n`;
      const digest = digestOf(text);
      if (digest === written) return;
      await replaceFile(path, text);
      written = digest;
      log.debug("device profile written", { path, bytes: text.length });
    } catch (error) {
      log.warn("device profile not written", { path, error });
    }
  }

  function refresh(): void {
    wanted++;
    later?.[Symbol.dispose]();
    later = undefined;
    chain = chain.then(write);
  }

  const release = [
    registry.onChange(({ kind }) => {
      if (kind !== "device state") refresh();
    }),
    engine.onApplied(({ device, event }) => {
      const desired = event.kind === "change" && event.desired !== undefined;
      if (!desired || device.shape.served || later) return;
      later = clock.after(desiredDelayMs, refresh, { background: true });
    }),
  ];
  refresh();

  return {
    settled: () => chain,
    async [Symbol.asyncDispose]() {
      for (const action of release) action();
      later?.[Symbol.dispose]();
      await chain;
    },
  };
}

const digestOf = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("base64");

/** Puts `text` in place of the file; after a power cut the file is the old or the new one, never half of it. */
async function replaceFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.deviceProfile-${randomUUID()}.tmp`);
  try {
    // World-readable: mappers run as other users, some of them in containers.
    const file = await open(temporary, "wx", 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The rename itself is on the card only after this (fsync(2), section Notes). */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
