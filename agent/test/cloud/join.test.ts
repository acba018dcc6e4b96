import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join as pathOf } from "node:path";
import { describe, test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { fetchCertificate } from "../../src/cloud/certificates/certificate-service.ts";
import { identityFile, readIdentity } from "../../src/cloud/identity-file.ts";
import { join } from "../../src/cloud/join.ts";
import { runLine } from "../cli/support/test-command.ts";
import { freePort } from "../support/free-port.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { CertificateService } from "./support/certificate-service.ts";
import { TestAuthority } from "./support/test-authority.ts";

const authority = await TestAuthority.create();
const token = authority.token(Date.now() + 3_600_000);
const at = (port: number, host = "127.0.0.1") => ({ host, port });
const clock = systemClock;

/** Joins over `service` and tells with which code and message that failed. */
async function refusal(port: number, { with: given = token, host = "127.0.0.1", time = clock } = {}) {
  const request = { node: "pi", server: at(10_000), certificates: at(port, host), token: given };
  try {
    await join(request, { clock: time });
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
  return "joined";
}

describe("joining a cloud", () => {
  test("gives a certificate for this node, of the authority that the token names", async () => {
    await using service = await CertificateService.start(authority);
    const server = at(10_000);
    const identity = await join({ node: "pi-7", server, certificates: at(service.port), token }, { clock });
    const certificate = new X509Certificate(identity.certificate);
    assert.match(certificate.subject, /O=system:nodes\nCN=system:node:pi-7|CN=system:node:pi-7\nO=system:nodes/);
    assert.ok(certificate.checkPrivateKey(createPrivateKey(identity.key)));
    assert.equal(identity.authority, authority.pem);
    assert.deepEqual(service.asked, ["GET /ca.crt nobody with nothing", "GET /edge.crt pi-7 with a token"]);
  });

  test("a certificate is renewed with the old one alone, which is sent without the authority behind it", async () => {
    await using service = await CertificateService.start(authority);
    const endpoint = at(service.port);
    const identity = await join({ node: "pi", server: at(1), certificates: endpoint, token }, { clock });
    const trusted = new X509Certificate(identity.authority);
    const asking = { endpoint, clock, now: clock.now(), authority: trusted };
    await assert.rejects(
      fetchCertificate("pi", { ...asking, endpoint: at(await freePort()), credential: { pair: identity } }),
      { code: "CLOUD_UNREACHABLE" },
    );
    const foreign = new X509Certificate((await TestAuthority.create()).pem);
    await assert.rejects(fetchCertificate("pi", { ...asking, authority: foreign, credential: { pair: identity } }), {
      code: "CLOUD_REFUSED",
      message: /is not trusted: its certificate is not of the authority that this node joined$/,
    });
    const renewed = await fetchCertificate("pi", { ...asking, credential: { pair: identity } });
    assert.notEqual(renewed.key, identity.key);
    assert.equal(service.asked.at(-1), "GET /edge.crt pi with a chain of 1");
  });

  test("an expired, a foreign and a mangled token are told apart, and none is shown", async () => {
    await using service = await CertificateService.start(authority);
    const foreign = await TestAuthority.create();
    const cases = [
      [
        authority.token(Date.now() - 1000),
        /^CLOUD_REFUSED: .*does not certify node pi: the token has expired; get a new/,
      ],
      [foreign.token(Date.now() + 1000), /^CLOUD_REFUSED: .* is not the cloud that the token is for/],
      [`${token}x`, /^CLOUD_REFUSED: .*does not take the token; get a new one from the cloud: "token validation/],
      ["abc", /^REQUEST_INVALID: a join token has four parts/],
    ] as const;
    for (const [given, expected] of cases) {
      const told = await refusal(service.port, { with: given });
      assert.match(told, expected);
      assert.ok(!told.includes(given));
    }
  });

  test("whoever is not there, is silent or is something else gets a sentence of its own", async () => {
    assert.match(
      await refusal(await freePort()),
      /^CLOUD_UNREACHABLE: 127.0.0.1:\d+ cannot be reached: nobody listens/,
    );
    await using service = await CertificateService.start(authority);
    service.faults.answer = { status: 404, body: "404 page not found" };
    assert.match(await refusal(service.port), /^CLOUD_REFUSED: .*"404 page not found" \(status 404\)/);
    service.faults.answer = { status: 200, body: "x".repeat(100_000) };
    assert.match(await refusal(service.port), /^CLOUD_UNREACHABLE: .*too long for a certificate/);
    service.faults.answer = undefined as never;
    service.faults.silent = true;
    const time = new ManualClock(Date.now());
    assert.match(await time.runUntil(refusal(service.port, { time })), /^CLOUD_UNREACHABLE: .*no answer within 15 s/);
  });

  test("a server under another name, and a clock that stands in 1970, are refused with the way out", async () => {
    await using service = await CertificateService.start(authority, [{ type: "dns", value: "cloud.example" }]);
    assert.match(
      await refusal(service.port),
      /^CLOUD_REFUSED: .* is for DNS:cloud\.example and not for "127\.0\.0\.1"; use one of these, or add/,
    );
    await using reachable = await CertificateService.start(authority);
    const time = new ManualClock(0);
    assert.match(await refusal(reachable.port, { time }), /valid from .* clock says 1970-01-01T.*; set the clock/);
    assert.equal(await refusal(reachable.port, { host: "localhost" }), "joined");
  });

  test("a name that Kubernetes does not take is refused before anything is asked, with one that it does", async () => {
    const request = { node: "Pi_7", server: at(1), certificates: at(1), token };
    await assert.rejects(join(request, { clock }), { code: "REQUEST_INVALID", message: /try --node pi-7$/ });
  });
});

describe("edgetwin join", () => {
  const run = (line: string, directory: string, stdin = "") =>
    runLine(line, { clock, stdin, env: { EDGETWIN_STATE_DIR: directory } });

  test("stores what it got for the agent alone, forgets the token, and leave removes it", async () => {
    using temporary = temporaryDirectory();
    await using service = await CertificateService.start(authority);
    const line = `join --server 127.0.0.1:10000 --certificates 127.0.0.1:${service.port} --node pi --token -`;
    const joined = await run(line, temporary.path, `${token}\n`);
    assert.deepEqual([joined.code, joined.out], [0, "node pi joined 127.0.0.1:10000\n"], joined.err);
    const file = identityFile(temporary.path);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(pathOf(file, "..")).mode & 0o777, 0o700);
    assert.ok(!readFileSync(file, "utf8").includes(token.slice(65)));
    const identity = readIdentity(temporary.path);
    assert.deepEqual([identity?.node, identity?.server], ["pi", at(10_000)]);

    const again = await run(line, temporary.path, token);
    assert.match(again.out, /; it was a node of 127\.0\.0\.1 before$/m);

    assert.equal((await run("leave", temporary.path)).code, 0);
    assert.equal(readIdentity(temporary.path), undefined);
    assert.match((await run("leave", temporary.path)).err, /this node has joined no cloud/);
  });

  test("says what is missing or cannot be read", async () => {
    using temporary = temporaryDirectory();
    const cases = [
      ["join", /--server is missing: --server HOST:10000/],
      ["join --server a:10000", /the token is missing: --token-file FILE/],
      [
        "join --server https://a --token x",
        /--server: expected HOST:PORT without a scheme, like "cloud\.example:10000"/,
      ],
      ["join --server a --token-file /nowhere", /the token file \/nowhere cannot be read: ENOENT/],
      ["join --server a --token x --token-file y", /give --token or --token-file, not both/],
    ] as const;
    for (const [line, expected] of cases) {
      const { code, err } = await run(line, temporary.path);
      assert.equal(code, 2);
      assert.match(err, expected);
    }
  });

  test("an identity that is damaged says so without showing the key, and joining again mends it", async () => {
    using temporary = temporaryDirectory();
    await using service = await CertificateService.start(authority);
    const line = `join --server 127.0.0.1 --certificates 127.0.0.1:${service.port} --node pi --token ${token}`;
    await run(line, temporary.path);
    writeFileSync(identityFile(temporary.path), '{"key": "secret"}');
    assert.throws(() => readIdentity(temporary.path), { code: "CLOUD_IDENTITY", message: /^(?!.*secret).*join again/ });
    assert.equal((await run(line, temporary.path)).code, 0);
    assert.equal(readIdentity(temporary.path)?.node, "pi");
  });
});
