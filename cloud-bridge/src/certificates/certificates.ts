import { type KeyObject, randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import { nodeSubject } from "@edgetwin/cloud-protocol";
import type { JsonGeneralName, Pkcs10CertificateRequest, X509Certificate } from "@peculiar/x509";
import { curve, webKeys } from "./key-pair.ts";

/** Loaded when the first certificate is made: it takes a quarter of a second, and most starts need none. */
const x509 = async () => {
  const library = await import("@peculiar/x509");
  library.cryptoProvider.set(webcrypto as never);
  return library;
};

/** When a certificate is valid, in milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

/** A certificate in DER and the private key of its owner. */
export interface Credential {
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}

const serverAuth = "1.3.6.1.5.5.7.3.1";
const clientAuth = "1.3.6.1.5.5.7.3.2";

/** The usages a node may ask for, by the numbers of Go's x509 package, which EdgeCore sends. */
export const extendedUsages: ReadonlyMap<number, string> = new Map([
  [1, serverAuth],
  [2, clientAuth],
]);

/** A self-signed authority, in the form of KubeEdge's: `CN=KubeEdge`, P-256. */
export async function makeAuthority(key: KeyObject, { from, until }: Validity): Promise<Uint8Array> {
  const library = await x509();
  const keys = await webKeys(key);
  const { KeyUsageFlags } = library;
  const certificate = await library.X509CertificateGenerator.createSelfSigned({
    serialNumber: "0400",
    name: "CN=KubeEdge",
    notBefore: new Date(from),
    notAfter: new Date(until),
    signingAlgorithm: curve,
    keys,
    extensions: [
      new library.KeyUsagesExtension(
        KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyCertSign,
        true,
      ),
      new library.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
      new library.BasicConstraintsExtension(true, undefined, true),
      await library.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return new Uint8Array(certificate.rawData);
}

/** A certificate for the hub's own listeners. */
export async function signServer(
  authority: Credential,
  { key, names, validity }: { readonly key: KeyObject; readonly names: readonly string[]; readonly validity: Validity },
): Promise<Uint8Array> {
  const { publicKey } = await webKeys(key);
  const alternative = names.map((value): JsonGeneralName => ({ type: isIP(value) ? "ip" : "dns", value }));
  return sign(authority, { subject: "O=KubeEdge,CN=KubeEdge", publicKey, validity, usages: [serverAuth], alternative });
}

/** A certificate by which a user of the Kubernetes API shows who they are: the name is CN, groups are O. */
export async function signUser(
  authority: Credential,
  {
    key,
    name,
    groups,
    validity,
  }: {
    readonly key: KeyObject;
    readonly name: string;
    readonly groups: readonly string[];
    readonly validity: Validity;
  },
): Promise<Uint8Array> {
  const { publicKey } = await webKeys(key);
  const subject = [...groups.map((group) => `O=${group}`), `CN=${name}`].join(",");
  return sign(authority, { subject, publicKey, validity, usages: [clientAuth], alternative: [] });
}

/** A certificate request of a node, whose signature was checked. */
export interface NodeRequest {
  readonly commonName: string | undefined;
  readonly names: readonly JsonGeneralName[];
  readonly request: Pkcs10CertificateRequest;
}

/** Reads a PKCS #10 request in DER. Throws an `Error` that says what is wrong with it. */
export async function readRequest(der: Uint8Array): Promise<NodeRequest> {
  const library = await x509();
  // The library would take PEM and base64 as well; KubeEdge takes DER only.
  if (der.length === 0) throw new Error("asn1: syntax error: sequence truncated");
  if (der[0] !== 0x30) throw new Error("asn1: structure error: a request in DER begins with the byte 0x30");
  const request = new library.Pkcs10CertificateRequest(Uint8Array.from(der));
  if (!(await request.verify())) throw new Error("its signature is not that of its key");
  const alternative = request.extensions.find(
    (extension) => extension instanceof library.SubjectAlternativeNameExtension,
  );
  const names = alternative?.names.toJSON() ?? [];
  return {
    commonName: request.subjectName.getField("CN")[0],
    names: names.filter(({ type }) => type === "dns" || type === "ip"),
    request,
  };
}

/** What {@link signNode} puts into a certificate besides the key of the request. */
export interface NodeGrant {
  readonly node: string;
  readonly usages: readonly number[];
  readonly validity: Validity;
}

/** A node's certificate. Of the request only its key and its names are taken; the subject is the node's. */
export async function signNode(
  authority: Credential,
  { request, names }: NodeRequest,
  { node, usages, validity }: NodeGrant,
): Promise<Uint8Array> {
  const { commonName, organization } = nodeSubject(node);
  return sign(authority, {
    subject: `O=${organization},CN=${commonName}`,
    publicKey: await request.publicKey.export(),
    validity,
    usages: usages.flatMap((usage) => extendedUsages.get(usage) ?? []),
    alternative: names,
  });
}

interface Unsigned {
  readonly subject: string;
  readonly publicKey: webcrypto.CryptoKey;
  readonly validity: Validity;
  readonly usages: readonly string[];
  readonly alternative: readonly JsonGeneralName[];
}

async function sign(
  { certificate, key }: Credential,
  { subject, publicKey, validity, usages, alternative }: Unsigned,
): Promise<Uint8Array> {
  const library = await x509();
  const issuer: X509Certificate = new library.X509Certificate(Uint8Array.from(certificate));
  const { privateKey } = await webKeys(key);
  const { KeyUsageFlags } = library;
  // Positive and never with a leading zero byte: some TLS stacks refuse others.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const signed = await library.X509CertificateGenerator.create({
    serialNumber: serial.toString("hex"),
    subject,
    issuer: issuer.subject,
    notBefore: new Date(validity.from),
    notAfter: new Date(validity.until),
    signingAlgorithm: curve,
    publicKey,
    signingKey: privateKey,
    extensions: [
      new library.KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new library.ExtendedKeyUsageExtension([...usages]),
      await library.AuthorityKeyIdentifierExtension.create(issuer),
      ...(alternative.length > 0 ? [new library.SubjectAlternativeNameExtension([...alternative])] : []),
    ],
  });
  return new Uint8Array(signed.rawData);
}
