import { createDecipheriv } from "node:crypto";

/** What was encrypted with AES-CCM and a check of four bytes, as BTHome and Xiaomi do. */
export interface Sealed {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly check: Uint8Array;
  /** Signed and not encrypted. */
  readonly associated?: Uint8Array;
}

/** The plain bytes; undefined when the key is another one, or a byte was changed. */
export function decryptCcm({ key, nonce, ciphertext, check, associated }: Sealed): Uint8Array | undefined {
  if (key.length !== 16) return undefined;
  const decipher = createDecipheriv("aes-128-ccm", key, nonce, { authTagLength: check.length });
  decipher.setAuthTag(check);
  if (associated) decipher.setAAD(associated, { plaintextLength: ciphertext.length });
  try {
    const plain = decipher.update(ciphertext);
    decipher.final();
    return plain;
  } catch {
    return undefined; // the check does not fit: that is the answer
  }
}
