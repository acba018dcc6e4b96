import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { didYouMean, MapperError } from "@edgetwin/mapper-sdk";
import type { SinkCredential } from "@edgetwin/mapper-sdk/sinks";
import type { CredentialSettings } from "../config/credential-settings.ts";

/** Where secrets come from: the configuration's names, and the environment. */
export interface CredentialSources {
  readonly credentials: Readonly<Record<string, CredentialSettings>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** KubeEdge gives a mapper its secrets in these variables (mapper-framework, `dbmethod`). */
const kubeEdgeVariables: Readonly<Record<string, { readonly username?: string; readonly secret: string }>> = {
  influxdb2: { secret: "TOKEN" },
  redis: { secret: "PASSWORD" },
  mysql: { secret: "PASSWORD" },
  TDEngine: { username: "USERNAME", secret: "PASSWORD" },
};

/**
 * The credential for a target, read anew at every call, so that one that was exchanged is taken at the next connect: the
 * one that the manifest names; else the one that is called like the sink; else what KubeEdge's variables say.
 *
 * A credential that is bound to other hosts than that of the address is not given away.
 * @throws MapperError `SINK_UNAVAILABLE` naming the credential and the fix.
 */
export function credentialFor(
  { sink, name, address }: { readonly sink: string; readonly name: string | undefined; readonly address: string },
  { credentials, env }: CredentialSources,
): SinkCredential | undefined {
  const chosen = name ?? (Object.hasOwn(credentials, sink) ? sink : undefined);
  if (chosen === undefined) return fromKubeEdge(sink, env);
  const settings = Object.hasOwn(credentials, chosen) ? credentials[chosen] : undefined;
  if (!settings) {
    const known = Object.keys(credentials);
    const hint = didYouMean(chosen, known) || "; name it in sinks.credentials of the agent's configuration";
    throw unavailable(`there is no credential "${chosen}"${hint}`);
  }
  if (settings.hosts && !isAmong(settings.hosts, address)) {
    throw unavailable(`the credential "${chosen}" is for ${settings.hosts.join(", ")} only, not for ${address}`);
  }
  const secret = secretOf(chosen, settings, env);
  return {
    ...(settings.username !== undefined && { username: settings.username }),
    ...(secret !== undefined && { secret }),
  };
}

/** With or without the port. What cannot be read as an address is not among them. */
function isAmong(hosts: readonly string[], address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { host, hostname } = new URL(address);
  return hosts.some((wanted) => wanted === host || wanted === hostname);
}

function fromKubeEdge(sink: string, env: CredentialSources["env"]): SinkCredential | undefined {
  const names = Object.hasOwn(kubeEdgeVariables, sink) ? kubeEdgeVariables[sink] : undefined;
  const secret = names && env[names.secret];
  if (!names || !secret) return undefined;
  const username = names.username === undefined ? undefined : env[names.username];
  return { secret, ...(username && { username }) };
}

function secretOf(name: string, { file, env: variable, systemd }: CredentialSettings, env: CredentialSources["env"]) {
  if (file !== undefined) return readSecret(name, file, true);
  if (systemd !== undefined) {
    const directory = env.CREDENTIALS_DIRECTORY;
    if (!directory)
      throw unavailable(
        `the credential "${name}" comes from systemd, which gave none; add LoadCredential=${systemd}:FILE to the unit`,
      );
    return readSecret(name, join(directory, systemd), false);
  }
  if (variable === undefined) return undefined;
  const value = env[variable];
  if (!value) throw unavailable(`the credential "${name}" comes from the variable ${variable}, which is not set`);
  return value;
}

function readSecret(name: string, path: string, isPrivate: boolean): string {
  try {
    const { mode } = statSync(path);
    if (isPrivate && (mode & 0o077) !== 0) {
      throw unavailable(`the credential "${name}": others may read ${path}; chmod 600 ${path}`);
    }
    const secret = readFileSync(path, "utf8").trim();
    if (secret !== "") return secret;
  } catch (cause) {
    if (cause instanceof MapperError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MapperError("SINK_UNAVAILABLE", `the credential "${name}": ${path} cannot be read: ${reason}`, { cause });
  }
  throw unavailable(`the credential "${name}": ${path} is empty`);
}

const unavailable = (message: string) => new MapperError("SINK_UNAVAILABLE", message);
