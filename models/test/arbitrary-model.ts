import { defineModel, type Model, p } from "@edgetwin/mapper-sdk";
import fc from "fast-check";

const names = fc.constantFrom("red", "green", "level", "__proto__", "a b", "Größe", "5");
const texts = fc.oneof(fc.constantFrom("", "ON", "°C", 'say "x"'), fc.string());
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const bytes = fc.uint8Array({ maxLength: 5 }).map((value) => Uint8Array.from(value));
const options = fc.uniqueArray(fc.string({ minLength: 1 }), {
  minLength: 1,
  maxLength: 4,
  selector: (text) => text.toLowerCase(),
});

const facts = fc.record(
  {
    access: fc.constantFrom("r" as const, "rw" as const),
    unit: texts.filter((text) => text !== ""),
    description: texts.filter((text) => text !== ""),
  },
  { requiredKeys: ["access"] },
);

/** Bounds in order, either of them, both or none. */
const range = <N extends number | bigint>(bound: fc.Arbitrary<N>) =>
  fc
    .record({ min: bound, max: bound }, { requiredKeys: [] })
    .map(({ min, max }) => (min !== undefined && max !== undefined && min > max ? { min: max, max: min } : { ...(min !== undefined && { min }), ...(max !== undefined && { max }) })); // biome-ignore format: one case

/** A property with a value that it allows. */
const declared = facts.chain((given) =>
  fc.oneof(
    fc.boolean().map((value) => ({ property: p.boolean(given), value })),
    range(int64).map((bounds) => ({
      property: p.int64({ ...given, ...bounds }),
      value: bounds.min ?? bounds.max ?? 0n,
    })),
    range(float).map((bounds) => ({
      property: p.float({ ...given, ...bounds }),
      value: bounds.min ?? bounds.max ?? 0,
    })),
    range(double).map((bounds) => ({
      property: p.double({ ...given, ...bounds }),
      value: bounds.max ?? bounds.min ?? 0,
    })),
    fc.string().map((value) => ({ property: p.string(given), value })),
    bytes.map((value) => ({ property: p.bytes(given), value })),
    options.map((all) => ({ property: p.oneOf(all, given), value: all[0] as string })),
  ),
);

/** Any model, with constants and a safety envelope here and there. */
export const arbitraryModel = fc
  .dictionary(names, fc.tuple(declared, fc.boolean()), { noNullPrototype: true })
  .chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.option(fc.record({ never: fc.boolean(), failSafe: fc.boolean() }), { nil: undefined }),
      fc.string(),
    ),
  )
  .map(([all, safe, because]): Model => {
    const entries = Object.entries(all);
    const properties = entries.map(([name, [{ property, value }, constant]]) => [
      name,
      constant && property.access === "r" ? { ...property, constant: value } : property,
    ]);
    const values = entries.map(([name, [{ value }]]) => [name, value]);
    const writable = entries.filter(([, [{ property }]]) => property.access === "rw");
    const safety = safe && {
      interlocks: safe.never && values.length > 0 ? [{ never: Object.fromEntries(values), because }] : [],
      ...(safe.failSafe && { failSafe: Object.fromEntries(writable.map(([name, [{ value }]]) => [name, value])) }),
    };
    return defineModel("anything", Object.fromEntries(properties), safety as never);
  });
