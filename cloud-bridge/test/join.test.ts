import assert from "node:assert/strict";
import { type KeyObject, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { parseToken } from "@edgetwin/cloud-protocol";
import { readRecording } from "@edgetwin/cloud-protocol/testing";
import { silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { type Authority, openAuthority } from "../src/certificates/authority.ts";
import { certificateServer } from "../src/certificates/certificate-service.ts";
import { certificatePem, keyPem } from "../src/certificates/pem.ts";
import { certificateRequest } from "../src/certificates/testing/certificate-request.ts";
import { memorySecrets } from "../src/certificates/testing/memory-secrets.ts";

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly client?: { readonly certificate: Uint8Array; readonly key: KeyObject };
}

let authority: Authority;
let server: Awaited<ReturnType<typeof certificateServer>>;

before(async () => {
  authority = await openAuthority({ secrets: memorySecrets(), clock: systemClock, serverNames: ["bridge.example"] });
  server = await certificateServer({ authority, log: silentLog, nodeExists: async (node) => node === "edge1" });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

after(() => {
  server.closeAllConnections();
  server.close();
});

async function ask({ path, method = "GET", headers = {}, body, client }: Asked): Promise<Answered> {
  const { port } = server.address() as AddressInfo;
  const tls = client && { cert: certificatePem(client.certificate), key: keyPem(client.key) };
  const length = body ? { "Content-Length": String(body.length) } : {};
  const options = { host: "127.0.0.1", port, path, method, rejectUnauthorized: false, agent: false, ...tls };
  const outgoing = request({ ...options, headers: { ...length, ...headers } });
  outgoing.end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks = await response.toArray();
  return {
    status: response.statusCode ?? 0,
    type: response.headers["content-type"] ?? "",
    body: Buffer.concat(chunks as Buffer[]),
  };
}

const bearer = (node?: string) => ({ Authorization: `Bearer ${parseToken(authority.issueToken(node)).webToken}` });

async function joined(node: string) {
  const { der, key } = await certificateRequest({ commonName: `system:node:${node}` });
  const answered = await ask({ path: "/edge.crt", headers: { ...bearer(), NodeName: node }, body: der });
  assert.equal(answered.status, 200, answered.body.toString());
  return { certificate: new Uint8Array(answered.body), key };
}

/** Requests of the recording whose answers differ from CloudCore's, and why. */
const accepted: Readonly<Record<string, { readonly status: number; readonly why: string }>> = {
  "good JWT, NodeName says rec-1 but the CSR says CN=system:node:rec-other: signed all the same (weakness)": {
    status: 401,
    why: "a node could have got the certificate of another one",
  },
};

/** What a recorded request stands for; tokens and private keys were not recorded, so they are ours. */
async function replayed(http: Record<string, unknown>): Promise<Asked> {
  const { method, path, body } = http as { method: string; path: string; body: { data: string } | null };
  const recorded = http.headers as Record<string, string>;
  const { Host, "Content-Length": _, Authorization, ...headers } = recorded;
  assert.ok(Host);
  const token = authority.issueToken();
  const { webToken } = parseToken(token);
  const sent = Authorization?.replace(/[0-9a-f]{64}\.<jwt>/, token)
    .replace("<jwt, signature damaged>", `${webToken.slice(0, -6)}AAAAAA`)
    .replace("<jwt>", webToken);
  const client = http.clientCertificate ? { client: await joined("rec-1") } : {};
  return {
    method,
    path,
    headers: { ...headers, ...(sent !== undefined && { Authorization: sent }) },
    ...(body && { body: Buffer.from(body.data, "base64") }),
    ...client,
  };
}

test("answers every recorded request of a join as CloudCore did, but for the weakness", async () => {
  const lines = await readRecording("cloudcore-session-join");
  let note = "";
  let asked: Asked | undefined;
  let compared = 0;
  const different: string[] = [];
  for (const line of lines) {
    note = line.note ?? note;
    if (!line.http) continue;
    if (line.dir === "up") {
      asked = await replayed(line.http);
      continue;
    }
    assert.ok(asked);
    const expected = line.http as { status: number; rawHeaders: string[]; body: { data: string; encoding: string } };
    const answered = await ask(asked);
    const mended = accepted[note];
    if (mended) different.push(note);
    assert.equal(answered.status, mended?.status ?? expected.status, `${note}: ${answered.body}`);
    if (mended) continue;
    assert.equal(answered.type, expected.rawHeaders[expected.rawHeaders.indexOf("Content-Type") + 1], note);
    // CloudCore's words up to the parser's own.
    const words = (text: string) => text.replace(/(failed to parse csr, err: asn1: structure error:).*/, "$1");
    if (expected.body.encoding === "text")
      assert.equal(words(answered.body.toString()), words(expected.body.data), note);
    else compareCertificates(answered.body, Buffer.from(expected.body.data, "base64"), note);
    compared += 1;
  }
  assert.deepEqual(different, Object.keys(accepted));
  assert.equal(compared, 17);
});

function compareCertificates(ours: Buffer, theirs: Buffer, note: string): void {
  const [a, b] = [new X509Certificate(ours), new X509Certificate(theirs)];
  const days = ({ validFrom, validTo }: X509Certificate) =>
    Math.round((Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000);
  const facts = (certificate: X509Certificate) => ({
    subject: certificate.subject,
    issuer: certificate.issuer,
    usages: certificate.keyUsage,
    isAuthority: certificate.ca,
    curve: certificate.publicKey.asymmetricKeyDetails?.namedCurve,
    days: certificate.ca ? "a century" : days(certificate),
  });
  assert.deepEqual(facts(a), facts(b), note);
}

test("a token for one node lets no other in", async () => {
  const { der } = await certificateRequest({ commonName: "system:node:edge-2" });
  const headers = { ...bearer("edge-1"), NodeName: "edge-2" };
  const answered = await ask({ path: "/edge.crt", headers, body: der });
  assert.equal(answered.status, 401);
  assert.match(answered.body.toString(), /the token is for node edge-1, the CSR for edge-2$/);
});

test("no node gets a server certificate with a name of the bridge", async () => {
  const { der } = await certificateRequest({ commonName: "system:node:edge-1", dns: ["Bridge.example"] });
  const headers = { ...bearer(), NodeName: "edge-1", ExtKeyUsages: "[1,2]" };
  const answered = await ask({ path: "/edge.crt", headers, body: der });
  assert.deepEqual([answered.status, /is a name of the bridge$/.test(answered.body.toString())], [401, true]);
});

test("names of the request that are the node's own come into its certificate", async () => {
  const { der } = await certificateRequest({ commonName: "system:node:edge-1", dns: ["edge-1.example"] });
  const answered = await ask({ path: "/edge.crt", headers: { ...bearer(), NodeName: "edge-1" }, body: der });
  assert.equal(new X509Certificate(answered.body).checkHost("edge-1.example"), "edge-1.example");
});

test("a request whose signature was made with another key is refused", async () => {
  const { der } = await certificateRequest({ commonName: "system:node:edge-1" });
  const forged = Uint8Array.from(der);
  forged[60] = (forged[60] as number) ^ 1;
  const answered = await ask({ path: "/edge.crt", headers: { ...bearer(), NodeName: "edge-1" }, body: forged });
  assert.notEqual(answered.status, 200);
});

test("a body beyond a mebibyte is refused with a reason", async () => {
  const body = new Uint8Array(1024 * 1024 + 1);
  const answered = await ask({ path: "/edge.crt", headers: { ...bearer(), NodeName: "edge-1" }, body });
  assert.deepEqual([answered.status, /request body too large$/.test(answered.body.toString())], [500, true]);
});

test("a revoked certificate renews nothing, a token does", async () => {
  const client = await joined("edge-9");
  await authority.revocations.revoke("edge-9");
  const { der } = await certificateRequest({ commonName: "system:node:edge-9" });
  const renewal = await ask({ path: "/edge.crt", headers: { NodeName: "edge-9" }, body: der, client });
  assert.deepEqual(
    [renewal.status, renewal.body.toString()],
    [401, "failed to verify the certificate for edgenode: edge-9, err: the certificate was revoked"],
  );
  await joined("edge-9");
});
