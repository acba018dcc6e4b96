import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AppValue } from "../../client/app-value.ts";
import type { BacnetLibrary, CovNotification, IAm } from "../../client/bacnet-library.ts";
import { loadLibrary } from "../../client/load-library.ts";
import { decodeApdu, encodeApdu } from "../../wire/apdu.ts";
import { areWellFormed, tagAt } from "../../wire/tags.ts";
import { encodeCovNotification, encodeIAm, encodeReadProperty, encodeReadPropertyMultiple } from "./answers.ts";
import { decodeAppValue, encodeAppValue } from "./app-values.ts";
import {
  decodeReadProperty,
  decodeReadPropertyMultiple,
  decodeSubscribeCov,
  decodeWriteProperty,
  isAskedFor,
} from "./requests.ts";

/** Objects as literals make them. */
const record = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(shape, { noNullPrototype: true }) as fc.Arbitrary<T>;

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Schedules and calendars are left out: the libraries read their lists as one value of their own. */
const type = fc.integer({ min: 0, max: 1022 }).filter((number) => number !== 6 && number !== 17);
const object = record({ type, instance: fc.integer({ min: 0, max: 4_194_302 }) });
const float = fc.float({ noNaN: true, noDefaultInfinity: true });

/** Values that both libraries read and write. */
const shared: fc.Arbitrary<AppValue> = fc.oneof(
  fc.constant<AppValue>({ tag: "null" }),
  record({ tag: fc.constant("boolean" as const), value: fc.boolean() }),
  record({ tag: fc.constantFrom("unsigned" as const, "enumerated" as const), value: uint32 }),
  record({ tag: fc.constant("real" as const), value: float }),
  record({ tag: fc.constant("double" as const), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  record({ tag: fc.constant("octet-string" as const), value: fc.uint8Array({ maxLength: 300 }) }),
  record({ tag: fc.constant("character-string" as const), value: fc.string({ maxLength: 200, unit: "grapheme" }) }),
);
const read: fc.Arbitrary<AppValue> = fc.oneof(
  shared,
  record({ tag: fc.constant("signed" as const), value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) }),
  record({
    tag: fc.constant("bit-string" as const),
    value: fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
  }),
  record({ tag: fc.constant("object-id" as const), value: object }),
);

test("the emulator reads every value as it wrote it, and its tags are well formed", () => {
  fc.assert(
    fc.property(read, (value) => {
      const bytes = encodeAppValue(value);
      assert.ok(areWellFormed(bytes));
      const tag = tagAt(bytes, 0);
      assert.ok(tag);
      assert.deepEqual(decodeAppValue(bytes, tag), value);
    }),
  );
});

test("no bytes make the emulator's decoders throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      decodeReadProperty(bytes);
      decodeReadPropertyMultiple(bytes);
      decodeWriteProperty(bytes);
      decodeSubscribeCov(bytes);
      isAskedFor(bytes, 1);
    }),
    { numRuns: 2000 },
  );
});

const service = (request: Uint8Array): Uint8Array => {
  const apdu = decodeApdu(request);
  return apdu?.kind === "confirmed-request" ? apdu.data : assert.fail("no confirmed request");
};
const acknowledged = (of: number) => encodeApdu({ kind: "simple-ack", invokeId: 1, service: of });
const answered = (of: number, data: Uint8Array) => encodeApdu({ kind: "complex-ack", invokeId: 1, service: of, data });

for (const name of ["bacnet-js", "bacstack"] as const) {
  const library: Promise<BacnetLibrary> = loadLibrary(name);
  const check = { numRuns: 100 };

  test(`what ${name} asks is what the emulator understands, and what it answers is what ${name} reads`, async () => {
    const { services } = await library;
    const property = fc.integer({ min: 0, max: 511 });
    await fc.assert(
      fc.asyncProperty(
        object,
        property,
        fc.array(read, { minLength: 1, maxLength: 4 }),
        async (id, property, values) => {
          const place = { object: id, property };
          const one = services(async (request) => {
            assert.deepEqual(decodeReadProperty(service(request)), place);
            return answered(12, encodeReadProperty(place, values));
          });
          assert.deepEqual(await one.readProperty(place), values);
          const many = services(async (request) => {
            assert.deepEqual(decodeReadPropertyMultiple(service(request)), [place]);
            return answered(14, encodeReadPropertyMultiple([{ place, outcome: values }]));
          });
          assert.deepEqual(await many.readPropertyMultiple([place]), [values]);
        },
      ),
      check,
    );
  });

  test(`what ${name} writes and subscribes to is what the emulator understands`, async () => {
    const { services } = await library;
    const priority = fc.option(fc.integer({ min: 1, max: 16 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(object, shared, priority, async (id, value, priority) => {
        const write = { object: id, property: 85, value, ...(priority !== undefined && { priority }) };
        await services(async (request) => {
          assert.deepEqual(decodeWriteProperty(service(request)), write);
          return acknowledged(15);
        }).writeProperty(write);
        const wanted = { confirmed: (priority ?? 0) % 2 === 0, lifetimeSeconds: 60 + (priority ?? 0) };
        for (const cov of [
          { processId: 1, object: id, wanted },
          { processId: 1, object: id },
        ])
          await services(async (request) => {
            assert.deepEqual(decodeSubscribeCov(service(request)), cov);
            return acknowledged(5);
          }).subscribeCov(cov);
      }),
      check,
    );
  });

  test(`what the emulator says by itself is what ${name} hears`, async () => {
    const { hear, whoIs } = await library;
    const heard: (IAm | CovNotification)[] = [];
    const announcements = { iAm: (one: IAm) => heard.push(one), cov: (one: CovNotification) => heard.push(one) };
    const iAm = { instance: 4_194_302, maxApdu: 1476, segmentation: 0, vendor: 65_535 };
    const say = (of: number, data: Uint8Array) =>
      hear(encodeApdu({ kind: "unconfirmed-request", service: of, data }), "127.0.0.1:47808", announcements as never);
    say(0, encodeIAm(iAm));
    const values = [{ tag: "real", value: 21.5 }] as const;
    const flags = [{ tag: "bit-string", value: [false, true, false, true] }] as const;
    const about = { processId: 1, instance: 7, object: { type: 2, instance: 3 }, secondsLeft: 299 };
    const told = [
      { property: 85, values },
      { property: 111, values: flags },
    ];
    say(2, encodeCovNotification({ ...about, values: told }));
    assert.deepEqual(heard, [
      iAm,
      {
        ...about,
        values: new Map<number, unknown>([
          [85, values],
          [111, flags],
        ]),
      },
    ]);
    const asked = decodeApdu(whoIs(100, 200));
    assert.ok(asked?.kind === "unconfirmed-request");
    assert.deepEqual(
      [99, 100, 200, 201].map((instance) => isAskedFor(asked.data, instance)),
      [false, true, true, false],
    );
  });

  test(`damaged answers and announcements make ${name} fail at most, and never hang`, async () => {
    const { hear, services } = await library;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), async (data) => {
        await services(async () => answered(14, data))
          .readPropertyMultiple([{ object: { type: 0, instance: 1 }, property: 85 }])
          .catch((error: unknown) => assert.ok(error instanceof Error));
        try {
          hear(encodeApdu({ kind: "unconfirmed-request", service: 2, data }), "10.0.0.1:1", { iAm() {}, cov() {} });
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }),
      { numRuns: 500 },
    );
  });
}
