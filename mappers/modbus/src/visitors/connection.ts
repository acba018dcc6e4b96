import { MapperError, type Rs485Options, type Schema, type SerialOptions } from "@edgetwin/mapper-sdk";
import { isKubeEdgeConnection, kubeEdgeConnection } from "./kubeedge-connection.ts";
import { type NativeConnection, nativeConnection } from "./native-connection.ts";

/** What all devices on one line or behind one gateway must agree on. */
export type LineSettings =
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      readonly framing: "tcp" | "rtu";
      readonly delayMs: number;
    }
  | {
      readonly kind: "serial";
      readonly path: string;
      readonly settings: SerialOptions;
      readonly framing: "rtu";
      readonly delayMs: number;
    };

/** How to reach a unit. */
export interface Connection {
  readonly line: LineSettings;
  readonly unit: number;
  /** Time for an answer to begin, after the request has left. */
  readonly timeoutMs: number;
  /** Registers that nobody wants which are read along to save a request. */
  readonly maxGap: number;
  /** Registers in one request. */
  readonly maxRegisters: number;
}

/** Where a line is: `"10.0.0.5:502"`, `"/dev/ttyUSB0"`. */
export const endpointName = (line: LineSettings): string =>
  line.kind === "tcp" ? `${line.host.includes(":") ? `[${line.host}]` : line.host}:${line.port}` : line.path;

/** What all devices on a line must agree on, as one text that people can read. */
export function settingsOf(line: LineSettings): string {
  const pause = line.delayMs > 0 ? `, ${line.delayMs} ms between requests` : "";
  if (line.kind === "tcp") return `${line.framing} frames${pause}`;
  const { baudRate = 9600, dataBits = 8, parity = "none", stopBits = 1, rs485 } = line.settings;
  const driver = rs485 ? `, RS-485 ${JSON.stringify(rs485)}` : "";
  return `${baudRate} baud, ${dataBits} data bits, parity ${parity}, ${stopBits} stop bits${driver}${pause}`;
}

const defaultTimeoutMs = { tcp: 1000, serial: 500 };

/** Our own settings, or KubeEdge's. */
export const connection: Schema<NativeConnection, Connection> = {
  "~standard": {
    version: 1,
    vendor: "edgetwin",
    validate(raw) {
      const result = isKubeEdgeConnection(raw)
        ? kubeEdgeConnection["~standard"].validate(raw)
        : nativeConnection["~standard"].validate(raw);
      if ("then" in result) throw new TypeError("the schemas here validate at once");
      if (result.issues) return result;
      const line = lineOf(result.value);
      if ("message" in line) return { issues: [line] };
      const { unit, maxGap, maxRegisters, timeoutMs = defaultTimeoutMs[line.kind] } = result.value;
      return { value: { line, unit, maxGap, maxRegisters, timeoutMs } };
    },
  },
};

/** What both sets of settings come down to. */
export interface Settings {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly framing?: "tcp" | "rtu" | undefined;
  readonly baudRate?: number | undefined;
  readonly dataBits?: number | undefined;
  readonly parity?: "none" | "even" | "odd" | undefined;
  readonly stopBits?: number | undefined;
  readonly rs485?: Rs485Options | undefined;
  readonly unit: number;
  readonly timeoutMs?: number | undefined;
  readonly delayMs: number;
  readonly maxGap: number;
  readonly maxRegisters: number;
}

/** The line of settings that no device has yet. @throws MapperError `CONFIG_INVALID` when they do not fit each other. */
export function connectionOf(settings: Omit<Settings, "unit" | "maxGap" | "maxRegisters">): Connection {
  const line = lineOf({ ...settings, unit: 1, maxGap: 0, maxRegisters: 1 });
  if ("message" in line) throw new MapperError("CONFIG_INVALID", line.message);
  return { line, unit: 1, maxGap: 0, maxRegisters: 1, timeoutMs: settings.timeoutMs ?? defaultTimeoutMs[line.kind] };
}

/** Modbus TCP (Modbus messaging on TCP/IP 4.3.1.2). */
const modbusPort = 502;

function lineOf(settings: Settings): LineSettings | { readonly message: string } {
  const { host, path, framing, delayMs } = settings;
  if (host !== undefined && path !== undefined)
    return { message: "host and path are two ways to reach the device; leave one out" };
  if (host !== undefined) {
    const serial = (["baudRate", "dataBits", "parity", "stopBits", "rs485"] as const).find(
      (key) => settings[key] !== undefined,
    );
    if (serial) return { message: `${serial} is for a serial line, and host asks for TCP; set it at the gateway` };
    return { kind: "tcp", host, port: settings.port ?? modbusPort, framing: framing ?? "tcp", delayMs };
  }
  if (path === undefined)
    return { message: 'is missing where the device is; give "host" for TCP or "path" for a serial line' };
  if (settings.port !== undefined) return { message: "port is for TCP; a serial line has a path only" };
  if (framing === "tcp") return { message: 'framing: a serial line carries "rtu" frames; leave it out' };
  const { baudRate = 9600, dataBits = 8, parity = "none", stopBits = 1, rs485 } = settings;
  return {
    kind: "serial",
    path,
    framing: "rtu",
    delayMs,
    settings: {
      baudRate,
      dataBits: dataBits as 5 | 6 | 7 | 8,
      parity,
      stopBits: stopBits as 1 | 2,
      ...(rs485 && { rs485 }),
    },
  };
}
