import type { KeyObject } from "node:crypto";

/** A certificate in DER as PEM. */
export const certificatePem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der)
    .toString("base64")
    .replace(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`;

/** A private key as PEM. */
export const keyPem = (key: KeyObject): string => key.export({ format: "pem", type: "sec1" }).toString();
