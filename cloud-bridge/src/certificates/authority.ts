import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { authorityHashOf, formatToken } from "@edgetwin/cloud-protocol";
import type { Clock } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import { type Credential, makeAuthority, type NodeRequest, signNode, signServer } from "./certificates.ts";
import { newPrivateKey, readPrivateKey, writePrivateKey } from "./key-pair.ts";
import { Revocations } from "./revocations.ts";
import type { SecretStore } from "./secret-store.ts";
import { signToken, type TokenVerdict, verifyToken } from "./web-token.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** What an authority needs. */
export interface AuthorityOptions {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** Host names and addresses under which edges reach the bridge; they stand in its certificate. */
  readonly serverNames: readonly string[];
  /** How long certificates of nodes are valid; CloudCore's 365 days when missing. */
  readonly nodeCertificateDays?: number;
  /** How long a join token is valid; CloudCore's 24 hours when missing. */
  readonly tokenMs?: number;
}

/** Signs what edges and the hub need. Its secrets have CloudCore's names and form: it can take CloudCore's place. */
export interface Authority {
  /** Certificate of the authority in DER. */
  readonly certificate: Uint8Array;
  readonly serverNames: readonly string[];
  readonly revocations: Revocations;
  /** Certificate and key of the listeners; renewed when a third of its time is left, or its names changed. */
  server(): Promise<Credential>;
  /** A join token, for any node or for one. */
  issueToken(node?: string): string;
  verifyToken(webToken: string): TokenVerdict;
  /** The certificate of a node, in DER. `usages` are Go's numbers: 1 server, 2 client. */
  sign(request: NodeRequest, node: string, usages: readonly number[]): Promise<Uint8Array>;
}

const names = {
  authority: { secret: "casecret", certificate: "cadata", key: "cakeydata" },
  server: { secret: "cloudcoresecret", certificate: "cloudcoredata", key: "cloudcorekeydata" },
} as const;

/**
 * Opens the authority of these secrets; of several replicas that start at once, one makes it and all use it.
 * Rejects with `BridgeError` `START_FAILED` when a secret is not what it should be.
 */
export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  const { secrets, clock, serverNames, nodeCertificateDays = 365, tokenMs = dayMs } = options;
  const lifeMs = nodeCertificateDays * dayMs;
  const authority = await firstOf(secrets, names.authority, async () => {
    const key = newPrivateKey();
    return { key, certificate: await makeAuthority(key, longFrom(clock.now())) };
  });
  const tokenKey = writePrivateKey(authority.key);
  const revocations = new Revocations(secrets, clock, lifeMs);
  await revocations.refresh();
  const makeServer = async (): Promise<Credential> => {
    const key = newPrivateKey();
    return {
      key,
      certificate: await signServer(authority, { key, names: serverNames, validity: longFrom(clock.now()) }),
    };
  };
  return {
    certificate: authority.certificate,
    serverNames,
    revocations,
    server: () => firstOf(secrets, names.server, makeServer, (held) => serves(held, authority, options)),
    issueToken: (node) => {
      const exp = Math.floor((clock.now() + tokenMs) / 1000);
      const webToken = signToken({ exp, ...(node !== undefined && { sub: node }) }, tokenKey);
      return formatToken({ authorityHash: authorityHashOf(authority.certificate), webToken });
    },
    verifyToken: (webToken) => verifyToken(webToken, tokenKey, clock.now()),
    sign: (request, node, usages) => {
      // From before now, or an edge whose clock is a second late would refuse its own certificate.
      const from = Math.max(clock.now() - Math.min(hourMs, lifeMs / 10), revocations.earliestFor(node));
      return signNode(authority, request, { node, usages, validity: { from, until: from + lifeMs } });
    },
  };
}

/** From a day ago, since a Pi without a clock of its own may be late, for as long as KubeEdge's: 100 years of 364 days. */
const longFrom = (now: number) => ({ from: now - dayMs, until: now + 36_400 * dayMs });

/** Whether the certificate of the listeners is ours, has its names and lives on for more than a third of its life. */
function serves({ certificate }: Credential, authority: Credential, { clock, serverNames }: AuthorityOptions): boolean {
  const held = new X509Certificate(certificate);
  const from = Date.parse(held.validFrom);
  const until = Date.parse(held.validTo);
  return (
    held.verify(new X509Certificate(authority.certificate).publicKey) &&
    clock.now() < until - (until - from) / 3 &&
    serverNames.every((name) => (isIP(name) ? held.checkIP(name) : held.checkHost(name)) !== undefined)
  );
}

/** The credential of a secret that is `good`; otherwise a new one, unless another replica has just written one. */
async function firstOf(
  secrets: SecretStore,
  place: (typeof names)[keyof typeof names],
  make: () => Promise<Credential>,
  good: (held: Credential) => boolean = () => true,
): Promise<Credential> {
  for (let attempt = 1; ; attempt++) {
    const stored = await secrets.get(place.secret);
    const held = stored && credentialOf(stored.data, place);
    if (held && good(held)) return held;
    const made = await make();
    const data = new Map([
      [place.certificate as string, made.certificate],
      [place.key as string, writePrivateKey(made.key)],
    ]);
    try {
      await secrets.put(place.secret, data, stored?.version);
      return made;
    } catch (error) {
      if (!(error instanceof BridgeError && error.reason === "Conflict") || attempt === 5) throw error;
    }
  }
}

function credentialOf(data: ReadonlyMap<string, Uint8Array>, place: (typeof names)[keyof typeof names]): Credential {
  const { secret } = place;
  try {
    const certificate = data.get(place.certificate) ?? new Uint8Array();
    const key = readPrivateKey(data.get(place.key) ?? new Uint8Array());
    if (!new X509Certificate(certificate).checkPrivateKey(key))
      throw new Error("the key is not that of the certificate");
    return { certificate, key };
  } catch (cause) {
    const expected = `${place.certificate} (certificate in DER) and ${place.key} (its EC key in DER)`;
    throw new BridgeError("START_FAILED", `secret ${secret}: expected ${expected} that belong together`, { cause });
  }
}
