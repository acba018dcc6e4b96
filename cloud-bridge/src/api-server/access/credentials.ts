import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@edgetwin/mapper-sdk";
import { stringify } from "yaml";
import { BridgeError } from "../../errors.ts";
import type { ClusterAccess } from "../../kubernetes/credentials.ts";
import { createAuthority, type KeyPair, signClient, signServer } from "./authority.ts";
import { adminGroup } from "./user.ts";

/** What the API is served with, and what clients trust. */
export interface Credentials {
  readonly tls: { readonly key: string; readonly certificate: string; readonly authority: string };
  /** Writes the kubeconfig of the administrator, once the address is known. Returns its path. */
  writeKubeconfig(url: string): Promise<string>;
  /** How the bridge itself reaches the API. */
  access(url: string): Promise<ClusterAccess>;
}

/** Where credentials are kept, and for which names the server answers. */
export interface CredentialsOptions {
  /** Made with mode 0700 when it is not there. */
  readonly directory: string;
  /** Besides localhost. */
  readonly hosts?: readonly string[];
  readonly clock: Clock;
}

/**
 * Reads the authority, or makes it on the first start; the server's certificate is new at every start.
 *
 * @throws BridgeError `START_FAILED` when the directory cannot be used, or half of the authority is missing.
 */
export async function openCredentials({ directory, hosts = [], clock }: CredentialsOptions): Promise<Credentials> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const authority = await authorityIn(directory, clock);
    const names = [...new Set(["localhost", "127.0.0.1", "::1", ...hosts])];
    const { key, certificate } = await signServer(authority, names, clock);
    return {
      tls: { key, certificate, authority: authority.certificate },
      async writeKubeconfig(url) {
        const user = await signClient(authority, { name: "edgetwin-admin", groups: [adminGroup] }, clock);
        const path = join(directory, "kubeconfig");
        writePrivate(path, kubeconfig(url, authority, user));
        return path;
      },
      async access(url) {
        const user = await signClient(authority, { name: "edgetwin-bridge", groups: [adminGroup] }, clock);
        return {
          getCurrentCluster: () => ({ name: "edgetwin", server: url, skipTLSVerify: false }),
          async applyToHTTPSOptions(options) {
            Object.assign(options, { ca: authority.certificate, cert: user.certificate, key: user.key });
          },
        };
      },
    };
  } catch (cause) {
    if (cause instanceof BridgeError) throw cause;
    const message = `the credentials in ${directory} cannot be used: ${(cause as Error).message}`;
    throw new BridgeError("START_FAILED", message, { cause });
  }
}

async function authorityIn(directory: string, clock: Clock): Promise<KeyPair> {
  const paths = { certificate: join(directory, "authority.pem"), key: join(directory, "authority-key.pem") };
  const there = [paths.certificate, paths.key].filter(existsSync);
  if (there.length === 2) {
    return { certificate: readFileSync(paths.certificate, "utf8"), key: readFileSync(paths.key, "utf8") };
  }
  // The certificate is written last: a key alone is a first start that was cut off, and nothing was signed with it.
  if (there.length === 1 && there[0] === paths.certificate) {
    const message = `${paths.key} is missing; restore it, or remove ${paths.certificate} to have a new authority that no client knows yet`;
    throw new BridgeError("START_FAILED", message);
  }
  const made = await createAuthority(clock);
  writePrivate(paths.key, made.key);
  writePrivate(paths.certificate, made.certificate);
  return made;
}

/** Never readable to others, not even for a moment, and never half written. */
function writePrivate(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

function kubeconfig(url: string, authority: KeyPair, user: KeyPair): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "edgetwin",
    clusters: [
      { name: "edgetwin", cluster: { server: url, "certificate-authority-data": base64(authority.certificate) } },
    ],
    users: [
      {
        name: "edgetwin-admin",
        user: { "client-certificate-data": base64(user.certificate), "client-key-data": base64(user.key) },
      },
    ],
    contexts: [{ name: "edgetwin", context: { cluster: "edgetwin", user: "edgetwin-admin" } }],
  });
}
