import { f, fields, type Input, type Output } from "@edgetwin/mapper-sdk";
import { featureNames } from "./features/features.ts";

/** A cluster or an attribute: its name in the library, or its number. */
const nameOrNumber = f.custom<string | number>("a name or a number from 0 to 65535", (raw) => {
  const number = typeof raw === "string" && /^(?:0x[0-9a-f]{1,4}|\d{1,5})$/i.test(raw) ? Number(raw) : raw;
  if (typeof number === "number")
    return Number.isInteger(number) && number >= 0 && number <= 0xffff ? number : undefined;
  return typeof number === "string" && /^[A-Za-z]\w*$/.test(number) ? number : undefined;
});

/** Where a property lives on a device: a feature that is known by name, or an attribute of a cluster. */
export const visitor = fields({
  feature: f.optional(f.oneOf([...featureNames, "linkQuality"])),
  endpoint: f.optional(f.int({ min: 1, max: 240 })),
  cluster: f.optional(nameOrNumber),
  attribute: f.optional(nameOrNumber),
  manufacturerCode: f.optional(f.int({ min: 0, max: 0xffff })),
  /** The value is the attribute times this, plus `offset`. */
  scale: f.optional(f.number()),
  offset: f.optional(f.number()),
  /** When the device reports by itself; `false` has it polled. */
  report: f.optional(
    f.object({
      min: f.withDefault(f.int({ min: 0, max: 65_534 }), 1),
      max: f.withDefault(f.int({ min: 1, max: 65_534 }), 300),
      change: f.withDefault(f.number({ min: 0 }), 1),
    }),
  ),
  /** It is not reported but polled. */
  polled: f.withDefault(f.boolean(), false),
});

/** What {@link visitor} returns. */
export type Visitor = Output<typeof visitor>;
/** Where a property lives, as authors may write it. */
export type ZigbeeVisitor = Input<typeof visitor>;
