import { type Field, f, fields, type Schema } from "@edgetwin/mapper-sdk";
import type { Settings } from "./connection.ts";
import { tuningFields, unitField } from "./native-connection.ts";

/** Settings of KubeEdge's mappers that say nothing about the device, or that they ignore too. */
const ignored = ["commType", "reconnTimeout", "reconnRetryTimes", "collectTimeout", "collectRetryTimes", "collectType"];
const ignoredField: Field<unknown> = f.custom("anything", (raw) => raw ?? null);

/**
 * The keys of KubeEdge's modbus protocol: `slaveID` with `serialPort` or `ip`, from v1alpha1 and v1alpha2 manifests, and
 * those of the v1beta1 example driver (`communicateMode`, `serialName`, a port as text).
 */
const shape = fields({
  slaveID: unitField,
  ip: f.optional(f.string()),
  port: f.optional(f.int({ min: 1, max: 65_535 })),
  serialPort: f.optional(f.string()),
  serialName: f.optional(f.string()),
  communicateMode: f.optional(f.oneOf(["TCP", "RTU"])),
  baudRate: f.optional(f.int({ min: 300, max: 4_000_000 })),
  dataBits: f.optional(f.int({ min: 5, max: 8 })),
  parity: f.optional(f.oneOf(["none", "even", "odd", "N", "E", "O"])),
  stopBits: f.optional(f.int({ min: 1, max: 2 })),
  serialType: f.optional(f.oneOf(["RS232", "RS485"])),
  rs485Enabled: f.optional(f.boolean()),
  timeout: f.optional(ignoredField),
  ...Object.fromEntries(ignored.map((name) => [name, f.optional(ignoredField)])),
  ...tuningFields,
});

const marks = ["slaveID", "ip", "serialPort", "serialName", "communicateMode"];

/** Whether a connection is written with KubeEdge's keys. */
export const isKubeEdgeConnection = (raw: unknown): boolean =>
  typeof raw === "object" && raw !== null && marks.some((name) => Object.hasOwn(raw, name));

const parities = { N: "none", E: "even", O: "odd", none: "none", even: "even", odd: "odd" } as const;

/** KubeEdge's settings as ours. Where a configuration names both, the serial line wins, as in its mapper. */
export const kubeEdgeConnection: Schema<unknown, Settings> = {
  "~standard": {
    version: 1,
    vendor: "edgetwin",
    validate(raw) {
      const result = shape["~standard"].validate(raw);
      if ("then" in result) throw new TypeError("fields validate at once");
      if (result.issues) return result;
      const given = result.value;
      const path = given.communicateMode === "TCP" ? undefined : (given.serialPort ?? given.serialName);
      const { timeoutMs, delayMs, maxGap, maxRegisters, slaveID: unit } = given;
      const shared = { unit, timeoutMs, delayMs, maxGap, maxRegisters };
      if (path === undefined && given.ip === undefined)
        return {
          issues: [{ message: 'is missing where the device is; give "ip" for TCP or "serialPort" for a line' }],
        };
      if (path === undefined) return { value: { ...shared, host: given.ip, port: given.port } };
      const { baudRate, dataBits, stopBits, parity } = given;
      const twoWires = given.serialType === "RS485" || given.rs485Enabled === true;
      const rs485 = twoWires ? {} : undefined;
      return { value: { ...shared, path, baudRate, dataBits, stopBits, parity: parity && parities[parity], rs485 } };
    },
  },
};
