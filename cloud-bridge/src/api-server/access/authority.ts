import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Clock } from "@edgetwin/mapper-sdk";
import {
  type Credential,
  makeAuthority,
  signServer as signServerKey,
  signUser,
  type Validity,
} from "../../certificates/certificates.ts";
import { newPrivateKey } from "../../certificates/key-pair.ts";
import { certificatePem, keyPem } from "../../certificates/pem.ts";
import type { User } from "./user.ts";

/** A certificate and its key, as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const dayMs = 24 * 3600 * 1000;
const validDays = 3650;

/** From a little before now, so that clocks that lag behind take it too. */
const validity = ({ now }: Clock): Validity => ({ from: now() - dayMs, until: now() + validDays * dayMs });

const credentialOf = ({ certificate, key }: KeyPair): Credential => ({
  certificate: new X509Certificate(certificate).raw,
  key: createPrivateKey(key),
});

/** A new authority, which signs the server and its clients. It is not the one of the edges, whose keys open nothing here. */
export async function createAuthority(clock: Clock): Promise<KeyPair> {
  const key = newPrivateKey();
  return { certificate: certificatePem(await makeAuthority(key, validity(clock))), key: keyPem(key) };
}

/** A certificate for the server under these names and addresses. */
export async function signServer(authority: KeyPair, names: readonly string[], clock: Clock): Promise<KeyPair> {
  const key = newPrivateKey();
  const der = await signServerKey(credentialOf(authority), { key, names, validity: validity(clock) });
  return { certificate: certificatePem(der), key: keyPem(key) };
}

/** A certificate by which a user shows who they are: the name is CN, groups are O. */
export async function signClient(authority: KeyPair, { name, groups }: User, clock: Clock): Promise<KeyPair> {
  const key = newPrivateKey();
  const der = await signUser(credentialOf(authority), { key, name, groups, validity: validity(clock) });
  return { certificate: certificatePem(der), key: keyPem(key) };
}
