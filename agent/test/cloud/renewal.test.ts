import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { readIdentity, writeIdentity } from "../../src/cloud/identity-file.ts";
import { CertificateService } from "./support/certificate-service.ts";
import { type Joined, type JoinedOptions, joined } from "./support/joined-agent.ts";

const dayMs = 86_400_000;
// Clocks of these tests begin nine days ago: what OpenSSL judges by its own clock is valid then and now.

/** A node of ten days whose certificates are signed by a service of its own. */
async function tenDays(options: JoinedOptions): Promise<Joined & { readonly service: CertificateService }> {
  const node = await joined({ days: 10, ...options });
  const service = await CertificateService.start(node.authority);
  const identity = readIdentity(node.directory) ?? assert.fail("it has joined");
  writeIdentity(node.directory, { ...identity, certificates: { host: "127.0.0.1", port: service.port } });
  const dispose = async () => {
    await node[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  };
  return { ...node, service, [Symbol.asyncDispose]: dispose };
}

test("a certificate is renewed at 0.7 of its lifetime with itself, and the old one goes when the new one works", async () => {
  const clock = new ManualClock(systemClock.now() - 9 * dayMs);
  await using node = await tenDays({ clock });
  const { service, cloud, directory } = node;
  const before = readIdentity(directory)?.certificate;
  clock.jump(7 * dayMs + 60_000); // the machine was off for a week
  cloud.refuseConnections(true);
  const agent = await node.start();
  const renewed = () => readIdentity(directory);
  while (renewed()?.certificate === before) await settle();
  assert.deepEqual(service.asked, ["GET /edge.crt rec-1 with a chain of 1"]);
  assert.equal(renewed()?.previous?.certificate, before);
  while (agent.cloud.status().state !== "waiting") await settle();
  cloud.refuseConnections(false);
  await clock.advance(500);
  while (agent.cloud.status().state !== "online") await settle();
  assert.notEqual(renewed()?.certificate, before);
  assert.equal(renewed()?.previous, undefined);
});

test("a service that does not answer costs nothing but a warning, and is asked again", async () => {
  const clock = new ManualClock(systemClock.now() - 9 * dayMs);
  await using node = await tenDays({ clock });
  const { service, directory } = node;
  service.faults.answer = { status: 500, body: "failed to sign certs" };
  const before = readIdentity(directory)?.certificate;
  clock.jump(8 * dayMs);
  await node.start();
  while (!node.log.lines.some((line) => /certificate not renewed; tried again: .*failed to sign certs/.test(line)))
    await settle();
  delete service.faults.answer;
  await clock.advance(2_000);
  while (readIdentity(directory)?.certificate === before) await settle();
  assert.equal(service.asked.length, 2);
});

test("a new pair that the cloud does not take gives way to the one before", async () => {
  await using node = await joined();
  const { cloud, directory, authority } = node;
  const identity = readIdentity(directory) ?? assert.fail("it has joined");
  const foreign = await (await import("./support/test-authority.ts")).TestAuthority.create();
  const { certificate, key } = await foreign.node("rec-1");
  const good = { certificate: identity.certificate, key: identity.key };
  writeIdentity(directory, { ...identity, certificate, key, previous: good });
  const agent = await node.start();
  while (agent.cloud.status().state !== "online") await settle();
  assert.equal(readIdentity(directory)?.certificate, good.certificate);
  assert.equal(readIdentity(directory)?.previous, undefined);
  assert.equal(cloud.sessions, 1);
  assert.ok(authority.pem === identity.authority);
});
