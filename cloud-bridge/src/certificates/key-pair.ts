import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, webcrypto } from "node:crypto";

/** The only kind of key that KubeEdge uses: ECDSA on P-256. */
export const curve = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A new private key. */
export const newPrivateKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

/** A private key from DER as KubeEdge stores it: SEC 1. */
export const readPrivateKey = (der: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.from(der), format: "der", type: "sec1" });

/** A private key in DER as KubeEdge stores it: SEC 1. */
export const writePrivateKey = (key: KeyObject): Buffer => key.export({ format: "der", type: "sec1" });

/** Both halves of a key for Web Crypto, which makes and checks certificates. */
export async function webKeys(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    privateKey: await subtle.importKey("pkcs8", pkcs8, curve, true, ["sign"]),
    publicKey: await subtle.importKey("spki", spki, curve, true, ["verify"]),
  };
}
