import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

/** Who a certificate must be from and for. */
export interface Expected {
  readonly authority: X509Certificate;
  /** Wall-clock milliseconds. */
  readonly now: number;
  /** The name or address that was dialled; left out for a certificate of our own. */
  readonly host?: string;
}

/**
 * Why a certificate must not be trusted, in words; undefined when it may. Node's own check is not used: it needs the
 * authority in the `ca` option, OpenSSL then sends that along with our certificate, and a CloudCore that authorizes nodes
 * refuses every chain longer than one.
 */
export function certificateProblem(
  certificate: X509Certificate,
  { authority, now, host }: Expected,
): string | undefined {
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    return "its certificate is not of the authority that this node joined";
  }
  if (host !== undefined && !isFor(certificate, host)) {
    const names = certificate.subjectAltName ?? "nobody";
    return `its certificate is for ${names} and not for "${host}"; use one of these, or add "${host}" to the cloud's advertised addresses`;
  }
  const day = new Date(now).toISOString();
  if (now < Date.parse(certificate.validFrom)) {
    return `its certificate is valid from ${certificate.validFrom} on, and this machine's clock says ${day}; set the clock`;
  }
  if (now > Date.parse(certificate.validTo)) {
    return `its certificate expired on ${certificate.validTo}, and this machine's clock says ${day}`;
  }
  return undefined;
}

function isFor(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  return certificate.checkHost(host, { subject: "never" }) !== undefined;
}
