import { f, fields, type Input, type Output } from "@edgetwin/mapper-sdk";
import { codecFields } from "@edgetwin/mapper-sdk/codecs";

/** Where a property lives, in our own words. */
export const nativeVisitor = fields({
  table: f.oneOf(["coil", "discrete", "input", "holding"]),
  /** As it goes over the line: the first of each table is 0, which data sheets may call 1, 30001 or 40001. */
  address: f.int({ min: 0, max: 65_535 }),
  /** Functions 5 and 6 write a single coil or register, 15 and 16 several; some devices only know the latter. */
  write: f.optional(f.oneOf(["single", "multiple"])),
  ...codecFields,
  type: f.optional(codecFields.type),
});

export type NativeVisitor = Output<typeof nativeVisitor>;
/** Where a property lives, as authors may write it. */
export type ModbusRegister = Input<typeof nativeVisitor>;
