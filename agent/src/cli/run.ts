import path from "node:path";
import { createLog } from "@edgetwin/program";
import type { Output } from "@edgetwin/program/command-line";
import { type RunningAgent, startAgent } from "../agent.ts";
import type { ManifestTrouble } from "../apply-files.ts";
import type { AgentConfig } from "../config/config.ts";
import { loadConfig } from "../config/load-config.ts";
import { Pulse } from "../runner/pulse.ts";
import { openNotifySocket } from "../service/notify-socket.ts";
import { openService } from "../service/service.ts";
import type { Run } from "./command.ts";
import { trimHeap } from "./trim-heap.ts";

/** By then every device had its first readings and the files of the start are written. */
const trimAfterMs = 2_000;

/** `edgetwin run`: the agent in the foreground until SIGINT or SIGTERM. */
export const run: Run = async ({ options, output, env, clock, signal }) => {
  const config = recordedTo(options.get("record"), await loadConfig(options.get("config"), env));
  // systemd sets JOURNAL_STREAM when the lines go to the journal, which stamps them itself.
  const journald = env.JOURNAL_STREAM !== undefined;
  const format =
    config.log.format === "auto" ? (process.stderr.isTTY || journald ? "text" : "json") : config.log.format;
  const { level } = config.log;
  const shared = { format, clock, journald, write: (line: string) => void process.stderr.write(line) } as const;
  const log = createLog({ ...shared, level });
  const processLog = createLog({ ...shared, level: "debug" });
  using service = await openService({
    ...{ env, pid: process.pid, log, open: openNotifySocket },
    monotonicNs: () => process.hrtime.bigint(),
  });
  const { watchdogMs } = service;
  // A third of it: one that is late by a whole turn is still in time.
  const everyMs = watchdogMs && Math.floor(watchdogMs / 3);
  using pulse = everyMs ? new Pulse({ clock, log, everyMs, beat: service.alive }) : undefined;
  const parts = { log, processLog, clock, signal, ...(pulse && { watch: pulse }) };
  await using agent = await started(startAgent(config, parts), signal);
  if (agent) {
    introduce(agent, config, output);
    // The journal has them as log entries already.
    if (!journald) tellTroubles(agent.manifestTroubles, output);
    const ready = () => service.ready(statusOf(agent));
    using _ = clock.after(trimAfterMs, trimHeap);
    using __ = onHangUp(async () => {
      service.reloading();
      log.info("manifests are read again");
      await agent.reload();
      ready();
    });
    ready();
    await aborted(signal);
  }
  service.stopping();
  log.info("agent stops");
  return 0;
};

/** What `systemctl status` shows. */
const statusOf = ({ core, board }: RunningAgent): string =>
  `node ${core.node} on ${board.description}, ${core.registry.devices().length} devices at the start`;

/** Does `action` on SIGHUP, one at a time: what comes meanwhile is done by one more. */
function onHangUp(action: () => Promise<void>): Disposable {
  let running = Promise.resolve();
  let isWaiting = false;
  const hangUp = () => {
    if (isWaiting) return;
    isWaiting = true;
    running = running.then(() => {
      isWaiting = false;
      return action();
    });
  };
  process.on("SIGHUP", hangUp);
  return { [Symbol.dispose]: () => void process.off("SIGHUP", hangUp) };
}

/** The configuration with the file that the command names, which is looked up from where the command was given. */
function recordedTo(file: string | undefined, config: AgentConfig): AgentConfig {
  return file === undefined ? config : { ...config, board: { ...config.board, record: path.resolve(file) } };
}

/** The agent; undefined when it was told to stop while it started, which is no failure. */
async function started(starting: Promise<RunningAgent>, signal: AbortSignal): Promise<RunningAgent | undefined> {
  try {
    return await starting;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** What somebody who has just started it wants to know. */
function introduce({ core, board, bus, apiPort, apiSocket }: RunningAgent, config: AgentConfig, output: Output): void {
  const devices = core.registry.devices();
  output.line(`${output.paint("bold", "edgetwin")} runs as node ${core.node} on ${board.description}`);
  if (bus && config.bus.broker === "embedded") output.line(`  MQTT   ${config.bus.host}:${config.bus.port}`);
  if (apiPort !== undefined) {
    const at = `http://${config.api.host}:${apiPort}`;
    output.line(`  REST   ${at}/api/v1 (token in ${config.tokenFile})`);
    output.line(`  Look   ${at}/console/ (what changes something asks for the token)`);
  }
  if (apiSocket !== undefined) output.line(`  Socket ${apiSocket}`);
  output.line(`  State  ${config.stateDirectory}`);
  const writable = devices.find(({ mapper }) => mapper !== undefined);
  if (!writable) return output.line("\nNo device is served yet; try: edgetwin apply -f MANIFEST");
  const [namespace, name] = writable.id.split("/");
  const device = namespace === "default" ? name : writable.id;
  const property = [...(core.engine.device(writable.id)?.shape.properties ?? [])].find(
    ([, { access }]) => access === "rw",
  );
  output.line("\nIn another terminal, try:");
  output.line("  npx edgetwin get devices");
  if (property) {
    const value = property[1].options?.at(-1) ?? "1";
    output.line(`  npx edgetwin set ${device} ${property[0]}=${value} --wait`);
    output.line(`  npx edgetwin why ${device} ${property[0]}`);
  }
  output.line("  npx edgetwin watch");
  if (bus && property) {
    output.line(`  mosquitto_sub -p ${config.bus.port} -v -t '$hw/events/device/${writable.id}/twin/update/#'`);
  }
}

/** What is wrong with the manifests, last, so that it is not scrolled away by the log of the start. */
function tellTroubles(troubles: readonly ManifestTrouble[], output: Output): void {
  for (const { path: manifest, severity, message } of troubles) {
    const label =
      severity === "error"
        ? `${output.paint("red", "error:")} ${manifest} was not applied:`
        : `${output.paint("yellow", "warning:")} ${manifest}:`;
    output.note(`\n${label}\n  ${message.replaceAll("\n", "\n  ")}`);
  }
  if (troubles.length > 0) output.note("\nCorrect it and try: edgetwin apply -f FILE");
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
