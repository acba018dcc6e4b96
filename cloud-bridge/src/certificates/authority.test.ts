import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { isAuthority, parseToken } from "@edgetwin/cloud-protocol";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { openAuthority } from "./authority.ts";
import { readRequest } from "./certificates.ts";
import { certificateRequest } from "./testing/certificate-request.ts";
import { memorySecrets } from "./testing/memory-secrets.ts";

const dayMs = 86_400_000;
const serverNames = ["bridge.example.com", "192.0.2.7"];

async function opened(secrets = memorySecrets(), clock = new ManualClock(Date.UTC(2026, 0, 1))) {
  return { authority: await openAuthority({ secrets, clock, serverNames }), secrets, clock };
}

const signFor = async ({ authority }: Awaited<ReturnType<typeof opened>>, node: string) => {
  const { der } = await certificateRequest({ commonName: `system:node:${node}` });
  return new X509Certificate(await authority.sign(await readRequest(der), node, [2]));
};

test("replicas that start at once end up with one authority and one server certificate", async () => {
  const secrets = memorySecrets();
  const replicas = await Promise.all([opened(secrets), opened(secrets), opened(secrets)]);
  const authorities = replicas.map(({ authority }) => Buffer.from(authority.certificate).toString("hex"));
  assert.equal(new Set(authorities).size, 1);
  const servers = await Promise.all(replicas.map(({ authority }) => authority.server()));
  assert.equal(new Set(servers.map(({ certificate }) => Buffer.from(certificate).toString("hex"))).size, 1);
});

test("the server certificate is of the authority, has every name, and bears a clock that is hours late", async () => {
  const { authority, clock } = await opened();
  const certificate = new X509Certificate((await authority.server()).certificate);
  assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey));
  assert.equal(certificate.checkHost("bridge.example.com"), "bridge.example.com");
  assert.equal(certificate.checkIP("192.0.2.7"), "192.0.2.7");
  assert.ok(Date.parse(certificate.validFrom) <= clock.now() - 12 * 3_600_000);
});

test("the server certificate is made anew when its names change, and kept when they do not", async () => {
  const { authority, secrets, clock } = await opened();
  const { certificate } = await authority.server();
  assert.deepEqual((await authority.server()).certificate, certificate);
  const moved = await openAuthority({ secrets, clock, serverNames: ["other.example.com"] });
  const renewed = new X509Certificate((await moved.server()).certificate);
  assert.equal(renewed.checkHost("other.example.com"), "other.example.com");
});

test("a token names the authority, holds for its time and no longer", async () => {
  const { authority, clock } = await opened();
  const token = parseToken(authority.issueToken());
  assert.ok(isAuthority(authority.certificate, token));
  assert.ok("claims" in authority.verifyToken(token.webToken));
  await clock.advance(dayMs);
  assert.deepEqual(authority.verifyToken(token.webToken), {
    problem: "token has invalid claims: token is expired",
  });
});

test("a token that chooses its own algorithm is refused", async () => {
  const { authority } = await opened();
  const [, body] = parseToken(authority.issueToken()).webToken.split(".");
  const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.x`;
  assert.deepEqual(authority.verifyToken(none), { problem: "token is unverifiable: its algorithm is not HS256" });
});

test("revoking a node ends its certificates of before, for every replica, and not the next one", async () => {
  const first = await opened();
  const { authority, secrets, clock } = first;
  const before = await signFor(first, "edge-1");
  const other = await signFor(first, "edge-2");
  await clock.advance(10);
  await authority.revocations.revoke("edge-1");
  const replica = await opened(secrets, clock);
  const after = await signFor(replica, "edge-1");
  const isRevoked = ({ validFrom }: X509Certificate, node: string) =>
    replica.authority.revocations.isRevoked(node, Date.parse(validFrom));
  assert.deepEqual(
    [isRevoked(before, "edge-1"), isRevoked(after, "edge-1"), isRevoked(other, "edge-2")],
    [true, false, false],
  );
});

test("a secret that holds something else is named when the authority opens", async () => {
  const secrets = memorySecrets();
  await secrets.put("casecret", new Map([["cadata", Buffer.from("nonsense")]]));
  await assert.rejects(opened(secrets), { code: "START_FAILED", message: /^secret casecret: expected cadata/ });
});
