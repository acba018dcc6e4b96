import type { AgentConfig } from "../config/config.ts";
import { credentialOf } from "../credentials/credential-of.ts";
import { AgentError } from "../errors.ts";
import type { ExternalBusOptions } from "./external.ts";

/** Which setting names the credential of which broker. */
export interface NamedCredential {
  /** Section of the configuration, for messages. */
  readonly where: string;
  readonly name: string | undefined;
  readonly url: string;
}

/** User, password and certificates for a broker. @throws AgentError `CONFIG_INVALID` naming the setting. */
export function brokerCredential(
  { where, name, url }: NamedCredential,
  credentials: AgentConfig["credentials"],
): Pick<ExternalBusOptions, "username" | "password" | "tls"> {
  if (name === undefined) return {};
  try {
    const { username, secret, ca, certificate, key } = credentialOf(name, url, { credentials, env: process.env });
    return {
      ...(username !== undefined && { username }),
      ...(secret !== undefined && { password: secret }),
      tls: { ...(ca && { ca }), ...(certificate && { cert: certificate }), ...(key && { key }) },
    };
  } catch (cause) {
    throw new AgentError("CONFIG_INVALID", `${where}.credential: ${(cause as Error).message}`, { cause });
  }
}
