import { generateKeyPairSync, sign } from "node:crypto";
import { nodeSubject } from "@edgetwin/cloud-protocol";
import { der, objectIdentifier, tags } from "./der.ts";

/** A new private key and the request to certify it. */
export interface CertificateRequest {
  /** PKCS#8, PEM. */
  readonly key: string;
  /** PKCS#10 in DER, as the certificate service wants it. */
  readonly request: Uint8Array;
}

/**
 * Makes a P-256 key and a PKCS#10 request (RFC 2986) for `node`. Written by hand, since an agent that rotates its
 * certificate once a year should not carry a library for these few fields.
 */
export function requestCertificate(node: string): CertificateRequest {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { commonName, organization } = nodeSubject(node);
  const subject = der(tags.sequence, attribute("2.5.4.10", organization), attribute("2.5.4.3", commonName));
  const information = der(
    tags.sequence,
    der(tags.integer, Buffer.from([0])),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(tags.attributes),
  );
  const ecdsaWithSha256 = der(tags.sequence, objectIdentifier("1.2.840.10045.4.3.2"));
  const signature = der(tags.bitString, Buffer.from([0]), sign("sha256", information, privateKey));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    request: der(tags.sequence, information, ecdsaWithSha256, signature),
  };
}

const attribute = (type: string, value: string): Buffer =>
  der(tags.set, der(tags.sequence, objectIdentifier(type), der(tags.utf8String, Buffer.from(value, "utf8"))));
