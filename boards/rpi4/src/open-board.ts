import { type Board, didYouMean, type Finding, HalError, type HalErrorKind, silentLog } from "@edgetwin/mapper-sdk";
import type { Backend, BackendName, BoardOptions } from "./backend.ts";
import { type ProbeContext, probes, sharedPigpio } from "./backends.ts";
import { bluetoothFindings } from "./bluetooth/bluetooth-findings.ts";
import { Claims } from "./claims.ts";
import { boardFinding, lineFindings, pwmFinding } from "./findings.ts";
import { headerGpio } from "./header-gpio.ts";
import { headerPwm } from "./header-pwm.ts";
import { headerI2c } from "./i2c/header-i2c.ts";
import { i2cFindings } from "./i2c/probe-bus.ts";
import { nativePorts, type Ports } from "./ports.ts";
import { headerSerial, serialFindings } from "./serial/header-serial.ts";

/** A Raspberry Pi that can say how it is being driven, and what is in the way. */
export interface ExplainingBoard extends Board {
  explain(): Promise<readonly Finding[]>;
}

const backendNames = Object.keys(probes) as BackendName[];

/**
 * Opens the header of this Raspberry Pi through the first backend that works, or the one asked for.
 *
 * Rejects with HalError `"permission"` when a group is missing and `"unsupported"` when no backend can work here, saying
 * for every one that was tried what is in its way; with `"unknown"` for the name of no backend.
 */
export async function openBoard(options: BoardOptions, ports: Ports = nativePorts): Promise<ExplainingBoard> {
  const root = trimRoot(options.root);
  const pigpio = sharedPigpio(() => ports.pigpio());
  const context = { ...options, log: options.log ?? silentLog, root, ports, pigpio: pigpio.get };
  const { backend, tried, denied } = await chooseBackend(context, options.backend ?? "auto");
  const board = await boardFinding(root);
  if (!backend) {
    (await pigpio.opened())?.[Symbol.dispose]();
    throw refusal(denied ? "permission" : "unsupported", tried);
  }
  context.log.info("board.opened", { board: board.message, backend: backend.name, through: backend.summary });

  const claims = new Claims();
  const { clock } = options;
  return {
    name: board.state === "ok" ? board.message : "Raspberry Pi header",
    gpio: headerGpio(backend, claims),
    pwm: headerPwm({
      root,
      clock,
      claims,
      pigpio: pigpio.get,
      holder: backend.holder,
      onlyPigpio: backend.name === "pigpio",
    }),
    i2c: headerI2c({ root, library: () => ports.i2c(), rdwr: () => ports.rdwr() }),
    serial: headerSerial({
      root,
      log: context.log,
      library: () => ports.serial(),
      ioctl: async () => {
        const syscalls = await ports.syscalls();
        return (fd, request, argument) => syscalls.ioctl(fd, request, argument);
      },
    }),
    explain: async () => [
      await boardFinding(root),
      ...tried,
      ...(await lineFindings(backend, claims)),
      await pwmFinding(root),
      ...(await i2cFindings(root)),
      ...(await serialFindings(root)),
      ...(await bluetoothFindings(root)),
    ],
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      (await pigpio.opened())?.[Symbol.dispose]();
    },
  };
}

/** What {@link openBoard} would do and why, without keeping anything open; never rejects because nothing works. */
export async function explainBoard(options: BoardOptions, ports: Ports = nativePorts): Promise<readonly Finding[]> {
  const root = trimRoot(options.root);
  const pigpio = sharedPigpio(() => ports.pigpio());
  const context = { ...options, log: silentLog, root, ports, pigpio: pigpio.get };
  const { backend, tried } = await chooseBackend(context, options.backend ?? "auto");
  try {
    const lines = backend ? await lineFindings(backend, new Claims()) : [];
    return [
      await boardFinding(root),
      ...tried,
      ...lines,
      await pwmFinding(root),
      ...(await i2cFindings(root)),
      ...(await serialFindings(root)),
      ...(await bluetoothFindings(root)),
    ];
  } finally {
    await backend?.[Symbol.asyncDispose]();
    (await pigpio.opened())?.[Symbol.dispose]();
  }
}

interface Choice {
  readonly backend?: Backend;
  /** One finding for every backend that was looked at. */
  readonly tried: readonly Finding[];
  /** Whether a missing right is what keeps one from working. */
  readonly denied: boolean;
}

async function chooseBackend(context: ProbeContext, wanted: string): Promise<Choice> {
  const names = backendNames.filter((name) => wanted === "auto" || wanted === name);
  if (names.length === 0) {
    const known = ["auto", ...backendNames];
    const hint = didYouMean(wanted, known);
    throw new HalError("unknown", `there is no backend ${JSON.stringify(wanted)}; use ${known.join(", ")}${hint}`);
  }
  const tried: Finding[] = [];
  let denied = false;
  for (const name of names) {
    const probe = await probes[name](context);
    const check = `gpio ${name}`;
    if ("backend" in probe) {
      const why = wanted === "auto" ? "first that works" : "asked for in the configuration";
      const skipped = tried.map((finding) => ({ ...finding, state: "warn" as const }));
      return {
        backend: probe.backend,
        tried: [...skipped, { check, state: "ok", message: `${probe.backend.summary}: ${why}` }],
        denied,
      };
    }
    const { kind, message, fix } = probe.obstacle;
    denied ||= kind === "permission";
    tried.push({ check, state: "fail", message, fix });
  }
  return { tried, denied };
}

function refusal(kind: HalErrorKind, tried: readonly Finding[]): HalError {
  const reasons = tried.map(({ check, message, fix }) => `${check}: ${message}${fix ? `; ${fix}` : ""}`);
  return new HalError(kind, `the lines of the header cannot be reached\n${reasons.join("\n")}`);
}

/** Paths are put together as `root` + `/dev/…`, so the default `/` is the empty text. */
const trimRoot = (root = "/"): string => root.replace(/\/+$/, "");
