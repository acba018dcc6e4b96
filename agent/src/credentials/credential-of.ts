import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Credential, didYouMean, MapperError } from "@edgetwin/mapper-sdk";
import type { CredentialSettings } from "../config/credential-settings.ts";

/** Where secrets come from: the configuration's names, and the environment. */
export interface CredentialSources {
  readonly credentials: Readonly<Record<string, CredentialSettings>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The credential of a name for an address, read anew at every call. One that is bound to other hosts than that of the
 * address is not given away.
 *
 * @throws MapperError naming the credential and the fix: `CONFIG_INVALID` when the configuration does not give it,
 * `DEVICE_IO` when it cannot be read.
 */
export function credentialOf(name: string, address: string, { credentials, env }: CredentialSources): Credential {
  const settings = Object.hasOwn(credentials, name) ? credentials[name] : undefined;
  if (!settings) {
    const hint = didYouMean(name, Object.keys(credentials)) || "; name it in credentials of the agent's configuration";
    throw new MapperError("CONFIG_INVALID", `there is no credential "${name}"${hint}`);
  }
  const { hosts, username, caFile, certificateFile, keyFile } = settings;
  if (hosts && !isAmong(hosts, address)) {
    const message = `the credential "${name}" is for ${hosts.join(", ")} only, not for ${address}`;
    throw new MapperError("CONFIG_INVALID", message);
  }
  const secret = secretOf(name, settings, env);
  return {
    ...(username !== undefined && { username }),
    ...(secret !== undefined && { secret }),
    ...(caFile !== undefined && { ca: readSecret(name, caFile, false) }),
    ...(certificateFile !== undefined && { certificate: readSecret(name, certificateFile, false) }),
    ...(keyFile !== undefined && { key: readSecret(name, keyFile, true) }),
  };
}

/** With or without the port. What cannot be read as an address is not among them. */
function isAmong(hosts: readonly string[], address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { host, hostname } = new URL(address);
  return hosts.some((wanted) => wanted === host || wanted === hostname);
}

function secretOf(name: string, { file, env: variable, systemd }: CredentialSettings, env: CredentialSources["env"]) {
  if (file !== undefined) return readSecret(name, file, true);
  if (systemd !== undefined) {
    const directory = env.CREDENTIALS_DIRECTORY;
    if (!directory)
      throw unreadable(
        `the credential "${name}" comes from systemd, which gave none; add LoadCredential=${systemd}:FILE to the unit`,
      );
    return readSecret(name, join(directory, systemd), false);
  }
  if (variable === undefined) return undefined;
  const value = env[variable];
  if (!value) throw unreadable(`the credential "${name}" comes from the variable ${variable}, which is not set`);
  return value;
}

function readSecret(name: string, path: string, isPrivate: boolean): string {
  try {
    const { mode } = statSync(path);
    if (isPrivate && (mode & 0o077) !== 0) {
      throw unreadable(`the credential "${name}": others may read ${path}; chmod 600 ${path}`);
    }
    const secret = readFileSync(path, "utf8").trim();
    if (secret !== "") return secret;
  } catch (cause) {
    if (cause instanceof MapperError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MapperError("DEVICE_IO", `the credential "${name}": ${path} cannot be read: ${reason}`, { cause });
  }
  throw unreadable(`the credential "${name}": ${path} is empty`);
}

const unreadable = (message: string) => new MapperError("DEVICE_IO", message);
