import { type KeyObject, webcrypto } from "node:crypto";
import { curve, newPrivateKey, webKeys } from "../key-pair.ts";

/** What a certificate request of a test says. */
export interface RequestedCertificate {
  readonly commonName: string;
  readonly dns?: readonly string[];
}

/** A certificate request as EdgeCore makes it, and its key. */
export async function certificateRequest({
  commonName,
  dns = [],
}: RequestedCertificate): Promise<{ readonly der: Uint8Array; readonly key: KeyObject }> {
  const library = await import("@peculiar/x509");
  library.cryptoProvider.set(webcrypto as never);
  const key = newPrivateKey();
  const request = await library.Pkcs10CertificateRequestGenerator.create({
    name: `C=CN,ST=Zhejiang,L=Hangzhou,O=system:nodes,CN=${commonName}`,
    keys: await webKeys(key),
    signingAlgorithm: curve,
    extensions:
      dns.length > 0 ? [new library.SubjectAlternativeNameExtension(dns.map((value) => ({ type: "dns", value })))] : [],
  });
  return { der: new Uint8Array(request.rawData), key };
}
