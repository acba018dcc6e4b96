import {
  type Device,
  type DeviceConfig,
  type Log,
  type LogFields,
  type Model,
  type SerialPortInfo,
  silentLog,
} from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { modbus } from "../src/index.ts";
import { ModbusEmulator, type ModbusUnit, modbusLine } from "../src/testing/index.ts";

/** Units on a simulated serial line, a clock that stands still, and what was logged. */
export class RtuBench {
  readonly clock: ManualClock;
  readonly board: SimBoard;
  readonly emulator: ModbusEmulator;
  readonly logged: { readonly event: string; readonly fields: LogFields | undefined }[] = [];
  readonly path: string;

  constructor(
    units: Readonly<Record<number, ModbusUnit>>,
    info: { readonly path?: string; readonly clock?: ManualClock } & Omit<SerialPortInfo, "path"> = {},
  ) {
    const { path = "/dev/ttyAMA0", clock = new ManualClock(), ...known } = info;
    this.clock = clock;
    this.board = new SimBoard({ clock });
    this.path = path;
    this.emulator = new ModbusEmulator(units);
    this.board.serialPort(path, known).attach(modbusLine(this.emulator));
  }

  get port() {
    return this.board.serialPort(this.path);
  }

  get log(): Log {
    const note = (event: string, fields?: LogFields) => void this.logged.push({ event, fields });
    return { ...silentLog, info: note, warn: note };
  }

  /** Waits for `outcome` while the clock moves from timer to timer. */
  run<T>(outcome: PromiseLike<T>): Promise<T> {
    return this.clock.runUntil(outcome);
  }

  open<M extends Model>(model: M, config: DeviceConfig, name = "default/test"): Promise<Device<M>> {
    const { board, clock, log, path } = this;
    const connection = { path, ...(config.connection as object) };
    return this.run(modbus.serve(model).open({ ...config, connection }, { board, clock, log, name }));
  }
}
