import { createHmac, webcrypto, X509Certificate } from "node:crypto";
import { authorityHashOf } from "@edgetwin/cloud-protocol";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 86_400_000;

/** A certificate and its key, PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority as CloudCore has one (wire 2.1, 2.2), for the length of a test. */
export class TestAuthority {
  readonly certificate: x509.X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #secret = "the key of a test";
  readonly #now: () => number;

  private constructor(certificate: x509.X509Certificate, keys: webcrypto.CryptoKeyPair, now: () => number) {
    this.certificate = certificate;
    this.#keys = keys;
    this.#now = now;
  }

  static async create(now: () => number = Date.now): Promise<TestAuthority> {
    x509.cryptoProvider.set(webcrypto as never);
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(now(), 3650),
      serialNumber: "0400",
      name: "CN=KubeEdge",
      signingAlgorithm: algorithm,
      keys: keys as never,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return new TestAuthority(certificate, keys, now);
  }

  get der(): Buffer {
    return Buffer.from(this.certificate.rawData);
  }

  get pem(): string {
    return new X509Certificate(this.der).toString();
  }

  /** A join token that is valid until `expires` (milliseconds since 1970). */
  token(expires: number): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ exp: Math.floor(expires / 1000) })}`;
    return `${authorityHashOf(this.der)}.${signed}.${this.#signatureOf(signed)}`;
  }

  /** Why a web token is not taken, as CloudCore says it; undefined when it is. */
  tokenProblem(webToken: string): string | undefined {
    const [head, claims = "", signature] = webToken.split(".");
    if (signature !== this.#signatureOf(`${head}.${claims}`)) return "signature is invalid";
    const { exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { exp: number };
    return exp * 1000 < this.#now() ? "token has invalid claims: token is expired" : undefined;
  }

  /** Signs a PKCS#10 request in DER, as CloudCore does: common name, organisation and key of the request. */
  async sign(request: Uint8Array, days = 365): Promise<Buffer> {
    const read = new x509.Pkcs10CertificateRequest(new Uint8Array(request));
    if (!(await read.verify())) throw new Error("the request is not signed with its key");
    const certificate = await this.#issue(read.subject, read.publicKey, {
      days,
      usage: x509.ExtendedKeyUsage.clientAuth,
    });
    return Buffer.from(certificate.rawData);
  }

  /** A certificate for a server under these names and addresses. */
  async server(names: readonly x509.JsonGeneralName[], days = 365): Promise<Issued> {
    return await this.#pair("O=KubeEdge, CN=KubeEdge", { days, usage: x509.ExtendedKeyUsage.serverAuth, names });
  }

  /** A certificate of a node. */
  async node(name: string, days = 365): Promise<Issued> {
    return await this.#pair(`O=system:nodes, CN=system:node:${name}`, {
      days,
      usage: x509.ExtendedKeyUsage.clientAuth,
    });
  }

  async #pair(subject: string, options: IssueOptions): Promise<Issued> {
    const keys = await newKeys();
    const certificate = await this.#issue(subject, keys.publicKey as never, options);
    const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
    const pem = `-----BEGIN PRIVATE KEY-----\n${key.match(/.{1,64}/g)?.join("\n")}\n-----END PRIVATE KEY-----\n`;
    return { certificate: new X509Certificate(Buffer.from(certificate.rawData)).toString(), key: pem };
  }

  #issue(subject: string, publicKey: x509.PublicKeyType, { days, usage, names }: IssueOptions) {
    return x509.X509CertificateGenerator.create({
      ...validity(this.#now(), days),
      subject,
      issuer: this.certificate.subject,
      publicKey,
      signingKey: this.#keys.privateKey as never,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names ? [new x509.SubjectAlternativeNameExtension([...names])] : []),
      ],
    });
  }

  #signatureOf(signed: string): string {
    return createHmac("sha256", this.#secret).update(signed).digest("base64url");
  }
}

interface IssueOptions {
  readonly days: number;
  readonly usage: x509.ExtendedKeyUsage;
  readonly names?: readonly x509.JsonGeneralName[];
}

const newKeys = () =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;

const validity = (now: number, days: number) => ({
  notBefore: new Date(now - 60_000),
  notAfter: new Date(now + days * day),
});
