import type { Awaitable, Board, InputLine, OutputLine, PwmOutput, Scope } from "@edgetwin/mapper-sdk";
import type { Visitor } from "./visitor.ts";
import type { Wiring } from "./wiring.ts";

/** One property on its claimed line. */
export interface Channel {
  /** At once where the board answers at once: lines are polled by the thousand. */
  read(): Awaitable<unknown>;
  /** Takes a value that the property has accepted. */
  write(value: unknown): Promise<void>;
  /** The values of an input's edges; undefined for outputs, which change only when they are written. */
  watch(signal: AbortSignal): AsyncIterable<unknown> | undefined;
}

/** Where and how to claim a line. */
export interface ChannelOptions {
  readonly pin: string | number;
  readonly consumer: string;
  readonly visitor: Visitor;
  readonly wiring: Wiring;
  /** Value to show from the first instant on, and its signal. */
  readonly value: unknown;
  readonly initial: number;
}

/** Claims the line of a property; `scope` owns it. Rejects like the board does. */
export async function openChannel(board: Board, scope: Scope, options: ChannelOptions): Promise<Channel> {
  const { pin, consumer, wiring, initial, visitor } = options;
  const { activeLow = false, drive, pull, edge, debounceMs } = visitor;
  const shared = { consumer, activeLow };
  switch (wiring.direction) {
    case "in": {
      const settings = { ...(pull && { pull }), ...(edge && { edge }), ...(debounceMs && { debounceMs }) };
      return inputChannel(scope.use(await board.gpio.input(pin, { ...shared, ...settings })), options);
    }
    case "out": {
      const settings = { initial: initial === 1, ...(drive && { drive }) };
      return outputChannel(scope.use(await board.gpio.output(pin, { ...shared, ...settings })), wiring);
    }
    case "pwm":
    case "servo": {
      const { frequencyHz } = wiring;
      const settings = { frequencyHz, initialDuty: initial };
      return pwmChannel(scope.use(await board.pwm.output(pin, { ...shared, ...settings })), options);
    }
  }
}

function outputChannel(line: OutputLine, { encode, decode }: Wiring): Channel {
  return {
    read: () => decoded(line.get(), decode),
    write: (value) => line.set(encode(value) === 1),
    watch: () => undefined,
  };
}

function inputChannel(line: InputLine, { wiring: { decode }, visitor: { edge = "both" } }: ChannelOptions): Channel {
  let seen: boolean | undefined;
  const noted = (active: boolean): boolean => {
    seen = active;
    return active;
  };
  const level = (): boolean | Promise<boolean> => {
    const active = line.get();
    return typeof active === "boolean" ? noted(active) : active.then(noted);
  };
  return {
    read: () => decoded(level(), decode),
    write: () => Promise.reject(new TypeError("an input was written; its property should be read-only")),
    async *watch(signal) {
      const stop = new AbortController();
      const onAbort = () => stop.abort();
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) stop.abort();
      const edges = line.edges({ signal: stop.signal })[Symbol.asyncIterator]();
      let next = edges.next();
      next.catch(ignoreUntilAwaited);
      try {
        // The line may have changed between the last reading and the start of watching.
        const before = seen;
        if (before !== undefined && edge === "both" && (await level()) !== before) yield decode(seen ? 1 : 0);
        for (let event = await next; !event.done; event = await next) {
          next = edges.next();
          next.catch(ignoreUntilAwaited);
          seen = event.value.active;
          yield decode(seen ? 1 : 0);
        }
      } finally {
        signal.removeEventListener("abort", onAbort);
        // First the signal: return() of a generator waits for its pending next().
        stop.abort();
        await edges.return?.();
      }
    },
  };
}

/** The value that a level means. */
function decoded(active: boolean | Promise<boolean>, decode: Wiring["decode"]): Awaitable<unknown> {
  return typeof active === "boolean" ? decode(Number(active)) : active.then((later) => decode(Number(later)));
}

/** A rejection that nobody awaits yet would end the process; the loop awaits the same promise and gets it. */
function ignoreUntilAwaited(): void {}

/** The coarsest duty step that counts as the duty that was set; PWM hardware counts in steps of its own. */
const dutyStep = 0.001;

function pwmChannel(output: PwmOutput, { wiring: { encode, decode }, initial, value: first }: ChannelOptions): Channel {
  let written: { readonly duty: number; readonly value: unknown } = { duty: initial, value: first };
  return {
    async read() {
      const duty = await output.duty();
      return Math.abs(duty - written.duty) < dutyStep ? written.value : decode(duty);
    },
    async write(value) {
      const duty = encode(value);
      await output.setDuty(duty);
      written = { duty, value };
    },
    watch: () => undefined,
  };
}
