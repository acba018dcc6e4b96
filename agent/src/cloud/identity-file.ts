import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { f, fields, MapperError, parse } from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Identity, KeyPair } from "./identity.ts";
import { syncDirectory, writePrivateFile } from "./private-file.ts";

const isObject = (raw: unknown): raw is Record<string, unknown> => typeof raw === "object" && raw !== null;
const endpoint = f.custom("a host and a port", (raw): Endpoint | undefined =>
  isObject(raw) && typeof raw.host === "string" && typeof raw.port === "number"
    ? { host: raw.host, port: raw.port }
    : undefined,
);
const pair = f.custom("a certificate and its key", (raw): KeyPair | undefined =>
  isObject(raw) && typeof raw.certificate === "string" && typeof raw.key === "string"
    ? { certificate: raw.certificate, key: raw.key }
    : undefined,
);
const shape = fields({
  node: f.string(),
  server: endpoint,
  certificates: endpoint,
  authority: f.string(),
  certificate: f.string(),
  key: f.string(),
  previous: f.optional(pair),
  knownAt: f.number({ min: 0 }),
});

/** The directory of everything about the cloud, below the state directory. */
export const cloudDirectory = (stateDirectory: string): string => join(stateDirectory, "cloud");

/** Certificate, key and authority are one file, so that no power cut can leave a key without its certificate. */
export const identityFile = (stateDirectory: string): string => join(cloudDirectory(stateDirectory), "identity.json");

/** Objects of the cloud that wait for a change, see `RefusedObjects`. */
export const refusedFile = (stateDirectory: string): string => join(cloudDirectory(stateDirectory), "refused.json");

/**
 * What this node got when it joined, or undefined when it has not.
 *
 * @throws AgentError `CLOUD_IDENTITY` naming the file and the way out when it cannot be used.
 */
export function readIdentity(stateDirectory: string): Identity | undefined {
  const file = identityFile(stateDirectory);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
    throw unusable(file, codeOf(cause) === "EACCES" ? "this user may not read it" : reasonOf(cause), cause);
  }
  try {
    const { previous, ...identity } = parse(shape, JSON.parse(text) as unknown, "identity");
    return { ...identity, ...(previous && { previous }) };
  } catch (cause) {
    // Neither message may show what is in the file: it holds the key.
    const reason = cause instanceof MapperError ? "a setting in it is missing or wrong" : "it is not JSON";
    throw unusable(file, reason);
  }
}

/**
 * Stores an identity, readable by the agent alone: whole or not at all, also when the power is cut meanwhile.
 *
 * @throws AgentError `CLOUD_IDENTITY` when the disk does not take it.
 */
export function writeIdentity(stateDirectory: string, identity: Identity): void {
  const file = identityFile(stateDirectory);
  try {
    writePrivateFile(file, `${JSON.stringify(identity, undefined, 2)}\n`);
  } catch (cause) {
    throw unusable(file, reasonOf(cause), cause);
  }
}

/** Forgets the cloud. @returns whether there was anything to forget. @throws AgentError `CLOUD_IDENTITY`. */
export function removeIdentity(stateDirectory: string): boolean {
  const file = identityFile(stateDirectory);
  try {
    rmSync(file);
    syncDirectory(dirname(file));
    return true;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return false;
    throw unusable(file, reasonOf(cause), cause);
  }
}

function unusable(file: string, reason: string, cause?: unknown): AgentError {
  const message = `${file} cannot be used: ${reason}; mend that, or join again with "edgetwin join"`;
  return new AgentError("CLOUD_IDENTITY", message, cause === undefined ? {} : { cause });
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
