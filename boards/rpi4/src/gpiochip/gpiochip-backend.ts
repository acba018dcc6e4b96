import type { Clock, EdgeEvent, InputLine, Log, OutputLine } from "@edgetwin/mapper-sdk";
import { Feed, HalError } from "@edgetwin/mapper-sdk";
import type { Backend } from "../backend.ts";
import { halError, systemCode } from "../hal-error.ts";
import type { Chip } from "./chip.ts";
import { EventReader } from "./event-reader.ts";
import { inputRequest, outputRequest } from "./line-request.ts";
import type { Syscalls } from "./syscalls.ts";
import { eventIds, lineEvent } from "./uapi.ts";

/** What {@link gpiochipBackend} is made of; it owns `chip`. */
export interface GpiochipParts {
  readonly chip: Chip;
  readonly syscalls: Syscalls;
  readonly clock: Clock;
  readonly log: Log;
}

/** The lines of one GPIO character device. */
export function gpiochipBackend({ chip, syscalls, clock, log }: GpiochipParts): Backend {
  const reader = new EventReader(syscalls);
  // Events carry CLOCK_MONOTONIC; drivers compare them with the clock they were given, which has another zero.
  const clockOffsetMs = clock.monotonic() - toMs(syscalls.monotonicNs());
  const close = async (fd: number) => {
    await reader.remove(fd);
    syscalls.close(fd);
  };
  const failed = (line: number, error: unknown) => explain(chip, { line, error });

  return {
    name: "gpiochip",
    summary: `${chip.path} (${chip.label}, ${chip.lines} lines)`,

    async output(line, options) {
      const fd = claim(chip, { line, request: outputRequest(line, options) });
      return outputLine(chip, { line, fd, close });
    },

    async input(line, options) {
      const fd = claim(chip, { line, request: inputRequest(line, options) });
      const seen = { since: 0n, sequence: 0 };
      const feed = new Feed<EdgeEvent>({
        start: () => {
          seen.since = syscalls.monotonicNs();
          seen.sequence = 0;
          reader.add(fd, {
            onEvent(event) {
              const { timestamp_ns, id, line_seqno } = lineEvent.fields;
              const at = timestamp_ns.get(event);
              const sequence = line_seqno.get(event);
              const lost = seen.sequence === 0 ? 0 : sequence - seen.sequence - 1;
              if (lost > 0) log.warn("gpio.edges.lost", { line: `GPIO${line}`, lost });
              seen.sequence = sequence;
              // The kernel buffered these before anybody listened.
              if (at < seen.since) return;
              const active = id.get(event) === eventIds.GPIO_V2_LINE_EVENT_RISING_EDGE;
              feed.push({ active, monotonicMs: toMs(at) + clockOffsetMs } satisfies EdgeEvent);
            },
            onLost: (error) => feed.fail(failed(line, error)),
          });
        },
        stop: () => void reader.remove(fd),
      });
      return inputLine(chip, { line, fd, feed, close });
    },

    async holder(line) {
      const { used, consumer } = chip.lineInfo(line);
      return used ? consumer || "somebody who gave no name (often a kernel driver)" : undefined;
    },

    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      chip[Symbol.dispose]();
    },
  };
}

const toMs = (ns: bigint): number => Number(ns) / 1e6;

function claim(chip: Chip, { line, request }: { readonly line: number; readonly request: Uint8Array }): number {
  try {
    return chip.request(request);
  } catch (error) {
    throw explain(chip, { line, error });
  }
}

interface Held {
  readonly line: number;
  readonly fd: number;
  readonly close: (fd: number) => Promise<void>;
}

function outputLine(chip: Chip, { line, fd, close }: Held): OutputLine {
  return {
    set: async (active) => guarded(chip, { line, action: () => chip.setActive(fd, active) }),
    get: () => guarded(chip, { line, action: () => chip.isActive(fd) }),
    [Symbol.asyncDispose]: once(() => close(fd)),
  };
}

function inputLine(chip: Chip, { line, fd, feed, close }: Held & { readonly feed: Feed<EdgeEvent> }): InputLine {
  return {
    get: () => guarded(chip, { line, action: () => chip.isActive(fd) }),
    edges: (options) => feed.values(options),
    [Symbol.asyncDispose]: once(async () => {
      feed.fail(new HalError("disconnected", `GPIO${line} was closed`));
      await close(fd);
    }),
  };
}

function guarded<T>(chip: Chip, { line, action }: { readonly line: number; readonly action: () => T }): T {
  try {
    return action();
  } catch (error) {
    throw explain(chip, { line, error });
  }
}

/** A file descriptor closed twice may by then belong to somebody else. */
function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= close();
    return closing;
  };
}

/** The error of a request with what a person needs to go on: who holds the line, or what the chip cannot do. */
function explain(chip: Chip, { line, error }: { readonly line: number; readonly error: unknown }): HalError {
  const name = `GPIO${line}`;
  if (systemCode(error) !== "EBUSY") return halError(error, `${name} on ${chip.path}`);
  const { consumer, direction } = chip.lineInfo(line);
  const holder = consumer ? JSON.stringify(consumer) : "a kernel driver that gave no name";
  return new HalError("busy", `${name} is held by ${holder} as an ${direction}put; ${remedy(consumer)}`, {
    cause: error,
  });
}

function remedy(consumer: string): string {
  if (consumer === "sysfs") return "somebody exported it through /sys/class/gpio: write its number to unexport there";
  if (/spi|i2c|uart|pwm|1-wire|w1|i2s|pcm/i.test(consumer)) {
    return "that interface is switched on in config.txt: switch it off there, or choose another pin";
  }
  return "stop that program, or choose another pin (gpioinfo lists all holders)";
}
