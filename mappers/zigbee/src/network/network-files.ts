import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MapperError } from "@edgetwin/mapper-sdk";
import type { CoordinatorConnection } from "../connection.ts";

/** What makes a network what it is; whoever has the key can listen and switch. */
export interface NetworkIdentity {
  readonly panId: number;
  /** 16 hexadecimal digits. */
  readonly extendedPanId: string;
  readonly key: readonly number[];
}

/** Files of one network. */
export interface NetworkFiles {
  readonly database: string;
  readonly backup: string;
  readonly identity: NetworkIdentity;
}

interface Kept {
  readonly panId: number;
  readonly extendedPanId: string;
}

/**
 * Opens the folder of a network; a new one gets a random identity, which stays.
 * @throws MapperError `CONFIG_INVALID` when the folder, the key or what was kept cannot be used, or when another PAN is
 * asked for than the one that the devices joined: they would all be lost.
 */
export function openNetworkFiles(directory: string, connection: CoordinatorConnection): NetworkFiles {
  const where = (name: string) => join(directory, name);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
  } catch (cause) {
    throw invalid(`state: the folder ${directory} cannot be made: ${messageOf(cause)}`, cause);
  }
  const kept = readKept(where("network.json"));
  const panId = connection.panId ?? kept?.panId ?? 1 + (randomBytes(2).readUInt16LE() % 0xfffe);
  const extendedPanId = connection.extendedPanId ?? kept?.extendedPanId ?? randomBytes(8).toString("hex");
  for (const [name, wanted, has] of [
    ["panId", panId, kept?.panId],
    ["extendedPanId", extendedPanId, kept?.extendedPanId],
  ] as const) {
    if (has !== undefined && has !== wanted)
      throw invalid(
        `${name}: the network in ${directory} was formed with ${has}; with ${wanted} all its devices would be lost. Take another "state" for a new network`,
      );
  }
  const key = readKey(connection.networkKeyFile ?? where("network.key"), connection.networkKeyFile === undefined);
  if (!kept) writeWhole(where("network.json"), `${JSON.stringify({ panId, extendedPanId })}\n`);
  return { database: where("devices.db"), backup: where("backup.json"), identity: { panId, extendedPanId, key } };
}

const invalid = (message: string, cause?: unknown) =>
  new MapperError("CONFIG_INVALID", `connection.${message}`, cause === undefined ? {} : { cause });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function readKept(path: string): Kept | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { panId, extendedPanId } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    if (typeof panId === "number" && typeof extendedPanId === "string") return { panId, extendedPanId };
    throw new Error("panId or extendedPanId is missing");
  } catch (cause) {
    throw invalid(`state: ${path} cannot be read: ${messageOf(cause)}`, cause);
  }
}

/** The key in a file; a missing one is made when the file is ours. Its content appears in no message. */
function readKey(path: string, isOurs: boolean): readonly number[] {
  if (isOurs && !existsSync(path)) writeWhole(path, `${randomBytes(16).toString("hex")}\n`);
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw invalid(`networkKeyFile: ${path} cannot be read: ${messageOf(cause)}`, cause);
  }
  if (!/^[0-9a-f]{32}$/i.test(text))
    throw invalid(`networkKeyFile: ${path} does not hold a key; expected 32 hexadecimal digits`);
  return [...Buffer.from(text, "hex")];
}

/** Written whole or not at all: a key that is cut off by a power cut would be a network that is lost. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.tmp`, path);
}
