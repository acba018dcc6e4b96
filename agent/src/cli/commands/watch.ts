import { delay } from "@edgetwin/mapper-sdk";
import { toJsonText } from "@edgetwin/models";
import { AgentError } from "../../errors.ts";
import type { Invocation } from "../command.ts";
import type { ServerEvent } from "../event-stream.ts";
import { resourceName, resourcePath } from "../resource-path.ts";
import { WatchPrinter } from "../watch-printer.ts";

const firstRetryMs = 250;
const longestRetryMs = 5_000;

/** `edgetwin watch`: prints changes until SIGINT; an agent that restarts is waited for. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { positionals, options, output, clock, signal } = invocation;
  const [device] = positionals;
  const path =
    device === undefined ? "/api/v1/watch" : `${resourcePath("devices", resourceName(device, invocation))}/watch`;
  const printer = new WatchPrinter(output, () => new Date(clock.now()).toISOString());
  const print =
    options.get("output") === "json"
      ? ({ event, data }: ServerEvent) => output.line(toJsonText({ event, data }))
      : (event: ServerEvent) => printer.print(event);

  const client = invocation.connect();
  let retryMs = firstRetryMs;
  // The first connection must succeed: a name that is wrong, or no agent, is told at once.
  let events: AsyncIterable<ServerEvent> | undefined = await unlessAborted(() => client.events(path, signal), signal);
  while (!signal.aborted) {
    if (events) {
      for await (const event of events) {
        retryMs = firstRetryMs;
        print(event);
      }
      if (signal.aborted) break;
      output.note("the agent went away; waiting for it to come back");
    }
    await delay(clock, retryMs, signal).catch(() => {}); // aborted: the loop ends
    retryMs = Math.min(retryMs * 2, longestRetryMs);
    events = signal.aborted ? undefined : await reconnect(() => client.events(path, signal));
  }
  return undefined;
}

async function unlessAborted<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Undefined while the agent is away, and while a restarted one has not loaded the device yet. */
async function reconnect<T>(connect: () => Promise<T>): Promise<T | undefined> {
  try {
    return await connect();
  } catch (error) {
    if (error instanceof AgentError && !["AGENT_UNREACHABLE", "NOT_FOUND", "LIMIT"].includes(error.code)) throw error;
    return undefined;
  }
}
