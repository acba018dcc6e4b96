import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "./errors.ts";
import { type RecordedLine, readRecording } from "./testing/index.ts";
import { authorityHashOf, formatToken, isAuthority, parseToken } from "./token.ts";

const certificate = new Uint8Array([48, 130, 1, 122]);
const token = `${authorityHashOf(certificate)}.eyJh.eyJl.c2ln`;

test("a token is taken apart and put together", () => {
  const read = parseToken(` ${token}\n`);
  assert.equal(read.webToken, "eyJh.eyJl.c2ln");
  assert.equal(formatToken(read), token);
  assert.equal(isAuthority(certificate, read), true);
  assert.equal(isAuthority(new Uint8Array([1]), read), false);
});

const bad: readonly [string, string, RegExp][] = [
  ["has no hash", "eyJh.eyJl.c2ln", /four parts .* this one has 3 parts/],
  ["is cut at the front", token.slice(3), /64 hexadecimal digits; copy the whole token/],
  ["is empty", "", /this one has 1 parts/],
];
for (const [what, text, message] of bad) {
  test(`a token that ${what} is refused without being shown`, () => {
    assert.throws(
      () => parseToken(text),
      (error) => {
        assert.ok(error instanceof ProtocolError);
        assert.equal(error.code, "TOKEN_INVALID");
        assert.match(error.message, message);
        assert.ok(text === "" || !error.message.includes(text));
        return true;
      },
    );
  });
}

test("the authority that CloudCore served in the recording has the hash that its token would begin with", async () => {
  const bodies = (await readRecording("cloudcore-session-join")).flatMap(bodyOf);
  const first = bodies[0];
  assert.ok(first, "the recording has the answer to /ca.crt");
  assert.match(authorityHashOf(first), /^[0-9a-f]{64}$/);
  assert.equal(first[0], 0x30, "a certificate in DER begins with a sequence");
});

function bodyOf({ dir, http }: RecordedLine): readonly Uint8Array[] {
  const body = http?.body as { readonly encoding: string; readonly data: string } | null | undefined;
  const isDer = dir === "down" && http?.status === 200 && body?.encoding === "base64";
  return isDer ? [new Uint8Array(Buffer.from(body.data, "base64"))] : [];
}
