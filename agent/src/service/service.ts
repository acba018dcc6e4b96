import type { Log } from "@edgetwin/mapper-sdk";
import type { NotifySocket } from "./notify-socket.ts";

/** Tells who started the agent, systemd above all, how it is (sd_notify(3)). Without somebody who listens, nothing happens. */
export interface Service extends Disposable {
  /** How often it wants to hear that the agent is alive; undefined when it does not watch. */
  readonly watchdogMs: number | undefined;
  /** Everything is open. @param status one line for `systemctl status`. */
  ready(status: string): void;
  /** Settings are read again; `ready` says when that is done. */
  reloading(): void;
  /** The agent lets go of everything. */
  stopping(): void;
  /** The agent is alive. */
  alive(): void;
}

/** What a service is made of. */
export interface ServiceParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** CLOCK_MONOTONIC of the kernel: process.hrtime.bigint. */
  readonly monotonicNs: () => bigint;
  readonly log: Log;
  readonly open: (address: string) => Promise<NotifySocket>;
}

/** The service that the environment tells of. A socket that cannot be used is logged, and the agent runs without. */
export async function openService({ env, pid, monotonicNs, log, open }: ServiceParts): Promise<Service> {
  const { NOTIFY_SOCKET: address } = env;
  let socket: NotifySocket | undefined;
  try {
    if (address) socket = await open(address);
  } catch (error) {
    log.warn("who started the agent cannot be told how it is", { socket: address, error });
  }
  let failed = false;
  const tell = (...lines: string[]) => {
    try {
      socket?.send(lines.join("\n"));
      failed = false;
    } catch (error) {
      if (!failed) log.warn("who started the agent does not listen", { socket: address, error });
      failed = true;
    }
  };
  return {
    watchdogMs: socket && watchdogMs(env, pid),
    ready: (status) => tell("READY=1", `STATUS=${status}`),
    // By the time systemd tells this reload from an earlier one.
    reloading: () => tell("RELOADING=1", `MONOTONIC_USEC=${monotonicNs() / 1000n}`),
    stopping: () => tell("STOPPING=1", "STATUS=driving fail-safe values"),
    alive: () => tell("WATCHDOG=1"),
    [Symbol.dispose]: () => socket?.[Symbol.dispose](),
  };
}

/** sd_watchdog_enabled(3): microseconds, meant for the process that `$WATCHDOG_PID` names, where there is one. */
function watchdogMs(env: ServiceParts["env"], pid: number): number | undefined {
  const micros = Number(env.WATCHDOG_USEC);
  if (!Number.isFinite(micros) || micros <= 0) return undefined;
  if (env.WATCHDOG_PID && Number(env.WATCHDOG_PID) !== pid) return undefined;
  return micros / 1000;
}
