import { HalError, type Rs485Options } from "@edgetwin/mapper-sdk";
import { u32 } from "../gpiochip/struct.ts";
import { systemCode } from "../hal-error.ts";

/** struct serial_rs485 of linux/serial.h. */
export const serialRs485 = {
  size: 32,
  fields: { flags: u32(0), delay_rts_before_send: u32(4), delay_rts_after_send: u32(8) },
} as const;

/** Flags and the request number, under the names of linux/serial.h and asm-generic/ioctls.h. */
export const rs485Numbers = {
  SER_RS485_ENABLED: 1 << 0,
  SER_RS485_RTS_ON_SEND: 1 << 1,
  SER_RS485_RTS_AFTER_SEND: 1 << 2,
  SER_RS485_RX_DURING_TX: 1 << 4,
  TIOCSRS485: 0x542f,
} as const;

/** The system call that {@link enableRs485} needs. */
export type Ioctl = (fd: number, request: number, argument: Uint8Array) => void;

/** Lets the driver of the port behind `fd` switch direction. @throws HalError `"unsupported"` when it cannot. */
export function enableRs485(
  ioctl: Ioctl,
  { fd, path, options }: { fd: number; path: string; options: Rs485Options },
): void {
  const { rtsOnSend = "high", delayBeforeSendMs = 0, delayAfterSendMs = 0, receiveDuringSend = false } = options;
  const { SER_RS485_ENABLED, SER_RS485_RTS_ON_SEND, SER_RS485_RTS_AFTER_SEND, SER_RS485_RX_DURING_TX } = rs485Numbers;
  const settings = new Uint8Array(serialRs485.size);
  const { flags, delay_rts_before_send, delay_rts_after_send } = serialRs485.fields;
  const rts = rtsOnSend === "high" ? SER_RS485_RTS_ON_SEND : SER_RS485_RTS_AFTER_SEND;
  flags.set(settings, SER_RS485_ENABLED | rts | (receiveDuringSend ? SER_RS485_RX_DURING_TX : 0));
  delay_rts_before_send.set(settings, delayBeforeSendMs);
  delay_rts_after_send.set(settings, delayAfterSendMs);
  try {
    ioctl(fd, rs485Numbers.TIOCSRS485, settings);
  } catch (cause) {
    if (!["ENOTTY", "EINVAL", "EOPNOTSUPP", "ENOIOCTLCMD"].includes(systemCode(cause) ?? "")) throw cause;
    const message = `the driver of ${path} cannot switch an RS-485 transceiver; leave rs485 out and use an adapter that switches by itself`;
    throw new HalError("unsupported", message, { cause });
  }
}
