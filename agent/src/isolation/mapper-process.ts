import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import { type Backoff, backoffMs } from "../backoff.ts";
import { showSize } from "../config/size.ts";
import type { Child, StartChild, Usage } from "./child-process.ts";
import type { Command } from "./child-settings.ts";
import { LogForwarder } from "./forward-log.ts";
import { initialProcess, nextProcess, type ProcessInput, type ProcessState } from "./process-state.ts";
import { whyExited } from "./why-exited.ts";

/** What a supervised process is made of. */
export interface MapperProcessParts {
  readonly name: string;
  readonly command: Command;
  /** What it may take. */
  readonly memoryBytes: number;
  readonly start: StartChild;
  readonly restarts: Backoff;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Gets what the process logs, at its own level. */
  readonly processLog: Log;
  /** Called after every change of state. */
  readonly onState: (state: ProcessState) => void;
}

/** Restarts: at once for people, a minute apart at last. */
export const defaultRestarts: Backoff = { firstMs: 200, capMs: 60_000 };
/** A process that ran for this long has recovered. */
const stableMs = 60_000;
/** One that has not registered by then hangs. */
const registerMs = 20_000;
/** Between SIGTERM and SIGKILL. */
const graceMs = 5_000;
const watchMs = 2_000;
/** Lines kept to tell why it ended. */
const keptLines = 40;

/** Runs one mapper process, starts it again when it ends, and ends it when it takes too much. */
export class MapperProcess implements AsyncDisposable {
  readonly #parts: MapperProcessParts;
  readonly #forwarder: LogForwarder;
  readonly #timers = new Set<Timer>();
  #state: ProcessState = initialProcess;
  #child: Child | undefined;
  #ended: Promise<void> = Promise.resolve();
  #said: string[] = [];
  #tooMuch = 0;
  #restarts = 0;

  constructor(parts: MapperProcessParts) {
    this.#parts = parts;
    this.#forwarder = new LogForwarder(parts.name, { log: parts.processLog, clock: parts.clock });
  }

  get state(): ProcessState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Times it was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** What it takes now; undefined while it does not run. */
  usage(): Usage | undefined {
    return this.#child?.usage();
  }

  /** Starts it; a failure to start is an end like any other. */
  start(): void {
    const { start, command, log, name } = this.#parts;
    this.#said = [];
    this.#tooMuch = 0;
    const child = start(command, (line, stream) => this.#take(line, stream));
    this.#child = child;
    this.#ended = child.exited.then((exit) => {
      this.#child = undefined;
      this.#clearTimers();
      const reason = whyExited(exit, this.#said, this.#parts.memoryBytes);
      const retryInMs = (failures: number) => backoffMs(this.#parts.restarts, failures, this.#parts.random);
      this.#move({ name: "exited", reason, retryInMs });
    });
    this.#after(registerMs, () => {
      if (this.#state.name === "starting") this.#condemn(`it has not registered within ${registerMs / 1000} s`);
    });
    this.#after(watchMs, () => this.#watch());
    log.info("mapper process started", { mapper: name, pid: child.pid });
  }

  /** It has registered itself and can be used. */
  registered(): void {
    if (this.#state.name !== "starting") return;
    this.#move({ name: "registered" });
    this.#after(stableMs, () => this.#move({ name: "stable" }));
  }

  /** Ends it for good: it gets the time it needs to let go of its devices, but not for ever. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#clearTimers();
    this.#move({ name: "stop" });
    this.#end();
    await this.#ended;
    this.#clearTimers();
  }

  #take(line: string, stream: "stdout" | "stderr"): void {
    if (stream === "stderr") {
      this.#said.push(line);
      if (this.#said.length > keptLines) this.#said.shift();
    }
    this.#forwarder.take(line, stream);
  }

  /** V8's limit is for its heap only; buffers and native code count here. Twice in a row, so that a peak passes. */
  #watch(): void {
    const rssBytes = this.#child?.usage()?.rssBytes ?? 0;
    const { memoryBytes } = this.#parts;
    this.#tooMuch = rssBytes > memoryBytes ? this.#tooMuch + 1 : 0;
    if (this.#tooMuch >= 2) {
      const taken = showSize(rssBytes);
      return this.#condemn(`it took ${taken}, more than its memory of ${showSize(memoryBytes)}`);
    }
    this.#after(watchMs, () => this.#watch());
  }

  #condemn(reason: string): void {
    this.#move({ name: "condemned", reason });
    this.#end();
  }

  #end(): void {
    const child = this.#child;
    if (!child) return;
    child.kill("SIGTERM");
    this.#after(graceMs, () => {
      this.#parts.log.warn("mapper process does not end; it is killed", { mapper: this.#parts.name, pid: child.pid });
      child.kill("SIGKILL");
    });
  }

  #move(input: ProcessInput): void {
    const moved = nextProcess(this.#state, input);
    if (!moved) return;
    this.#state = moved;
    const { name, log, onState } = this.#parts;
    if (moved.name === "waiting") {
      log.warn("mapper process ended", { mapper: name, reason: moved.reason, retryInMs: moved.retryInMs });
      this.#after(moved.retryInMs, () => {
        this.#restarts++;
        this.#move({ name: "retry due" });
        this.start();
      });
    } else if (moved.name === "ending") log.warn("mapper process is ended", { mapper: name, reason: moved.reason });
    onState(moved);
  }

  #after(delayMs: number, action: () => void): void {
    const timer = this.#parts.clock.after(
      delayMs,
      () => {
        this.#timers.delete(timer);
        action();
      },
      { background: true },
    );
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) timer[Symbol.dispose]();
    this.#timers.clear();
  }
}
