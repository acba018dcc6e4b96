import { MapperError } from "@edgetwin/mapper-sdk";
import type { SinkCredential } from "@edgetwin/mapper-sdk/sinks";
import { type CredentialSources, credentialOf } from "../credentials/credential-of.ts";

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
  sources: CredentialSources,
): SinkCredential | undefined {
  const chosen = name ?? (Object.hasOwn(sources.credentials, sink) ? sink : undefined);
  if (chosen === undefined) return fromKubeEdge(sink, sources.env);
  try {
    return credentialOf(chosen, address, sources);
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    throw new MapperError("SINK_UNAVAILABLE", cause.message, { cause });
  }
}

function fromKubeEdge(sink: string, env: CredentialSources["env"]): SinkCredential | undefined {
  const names = Object.hasOwn(kubeEdgeVariables, sink) ? kubeEdgeVariables[sink] : undefined;
  const secret = names && env[names.secret];
  if (!names || !secret) return undefined;
  const username = names.username === undefined ? undefined : env[names.username];
  return { secret, ...(username && { username }) };
}
