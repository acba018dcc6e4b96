import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import "reflect-metadata";
import type { Clock } from "@edgetwin/mapper-sdk";
import * as x509 from "@peculiar/x509";
import type { User } from "./user.ts";

x509.cryptoProvider.set(webcrypto);

/** A certificate and its key, as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 24 * 3600 * 1000;
const authorityDays = 3650;
const leafDays = 3650;

const pem = (buffer: ArrayBuffer) => x509.PemConverter.encode(buffer, "PRIVATE KEY");
const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
const exported = async (keys: webcrypto.CryptoKeyPair) =>
  pem(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));

/** From a little before now, so that clocks that lag behind take it too. */
const validity = ({ now }: Clock, days: number) => ({
  notBefore: new Date(now() - dayMs),
  notAfter: new Date(now() + days * dayMs),
});

const serial = () => Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString("hex");

/** A new authority, which signs the server and its clients. */
export async function createAuthority(clock: Clock): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=edgetwin-api",
    ...validity(clock, authorityDays),
    keys: keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await exported(keys) };
}

/** A certificate for the server under these names and addresses. */
export function signServer(authority: KeyPair, hosts: readonly string[], clock: Clock): Promise<KeyPair> {
  const names = hosts.map((host) => ({ type: isIP(host) > 0 ? ("ip" as const) : ("dns" as const), value: host }));
  return sign(authority, { subject: "CN=edgetwin-api-server", usage: x509.ExtendedKeyUsage.serverAuth, names, clock });
}

/** A certificate by which a user shows who they are: the name is CN, groups are O. */
export function signClient(authority: KeyPair, { name, groups }: User, clock: Clock): Promise<KeyPair> {
  const subject = new x509.Name([{ CN: [name] }, ...groups.map((group) => ({ O: [group] }))]).toString();
  return sign(authority, { subject, usage: x509.ExtendedKeyUsage.clientAuth, names: [], clock });
}

interface Leaf {
  readonly subject: string;
  readonly usage: x509.ExtendedKeyUsage;
  readonly names: readonly x509.JsonGeneralName[];
  readonly clock: Clock;
}

async function sign(authority: KeyPair, { subject, usage, names, clock }: Leaf): Promise<KeyPair> {
  const keys = await newKeys();
  const signer = new x509.X509Certificate(authority.certificate);
  const key = x509.PemConverter.decodeFirst(authority.key);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject,
    issuer: signer.subject,
    ...validity(clock, leafDays),
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey("pkcs8", key, algorithm, false, ["sign"]),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...names])] : []),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await exported(keys) };
}
