import { type Field, f, fields, type Input, type Rs485Options } from "@edgetwin/mapper-sdk";

/** Units that a request can be for: 0 would be a broadcast, which nobody answers (Modbus over serial line 2.2). */
export const unitField = f.int({ min: 1, max: 255 });

/** Settings that have nothing to do with how the device is reached, in both sets of keys. */
export const tuningFields = {
  timeoutMs: f.optional(f.int({ min: 10, max: 60_000 })),
  delayMs: f.withDefault(f.int({ min: 0, max: 10_000 }), 0),
  maxGap: f.withDefault(f.int({ min: 0, max: 124 }), 8),
  maxRegisters: f.withDefault(f.int({ min: 1, max: 125 }), 125),
};

const rs485Field: Field<Rs485Options, Rs485Options> = f.object({
  rtsOnSend: f.optional(f.oneOf(["high", "low"])),
  delayBeforeSendMs: f.optional(f.int({ min: 0, max: 100 })),
  delayAfterSendMs: f.optional(f.int({ min: 0, max: 100 })),
  receiveDuringSend: f.optional(f.boolean()),
}) as Field<Rs485Options, Rs485Options>;

/** Where the line is and how it is set. */
export const lineFields = {
  host: f.optional(f.string()),
  port: f.optional(f.int({ min: 1, max: 65_535 })),
  path: f.optional(f.string()),
  framing: f.optional(f.oneOf(["tcp", "rtu"])),
  baudRate: f.optional(f.int({ min: 300, max: 4_000_000 })),
  dataBits: f.optional(f.int({ min: 5, max: 8 })),
  parity: f.optional(f.oneOf(["none", "even", "odd"])),
  stopBits: f.optional(f.int({ min: 1, max: 2 })),
  rs485: f.optional(rs485Field),
};

/** How to reach a device, in our own words. */
export const nativeConnection = fields({ ...lineFields, unit: f.withDefault(unitField, 1), ...tuningFields });

/** What authors may write. */
export type NativeConnection = Input<typeof nativeConnection>;
