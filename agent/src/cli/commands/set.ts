import { parseDuration } from "@edgetwin/mapper-sdk";
import { printStructured } from "@edgetwin/program/command-line";
import type { DeviceJson } from "../../api/resources.ts";
import type { DeviceTwinJson } from "../../api/routes/twins.ts";
import type { TwinJson } from "../../api/twin-json.ts";
import type { TwinChangeJson } from "../../api/watch-event.ts";
import { parseAssignments } from "../assignments.ts";
import type { AgentClient } from "../client.ts";
import type { Invocation } from "../command.ts";
import type { ServerEvent } from "../event-stream.ts";
import { PhasePrinter } from "../phase-printer.ts";
import { resourceName, resourcePath } from "../resource-path.ts";
import { phaseText, withUnit } from "../twin-text.ts";
import { usageError } from "../usage-error.ts";

/** `edgetwin set`: one atomic change of desired values, and on demand the wait for the device. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { positionals, options, output } = invocation;
  const [device = "", ...words] = positionals;
  const path = resourcePath("devices", resourceName(device, invocation));
  const desired = parseAssignments(words, device);
  const names = Object.keys(desired);
  const query = waitQuery(invocation, device);
  const ifVersion = versionGuard(invocation, names);
  const client = invocation.connect();
  const send = () =>
    client.request<DeviceTwinJson>(`${path}/twin`, { method: "PATCH", body: { desired, ...ifVersion }, query });

  const format = options.get("output") ?? "text";
  const watched = options.has("wait") && format === "text";
  const answer = watched ? await sendWatched({ client, path, names, invocation, send }) : await send();
  if (format === "json" || format === "yaml") return await printStructured(output, format, answer);
  for (const name of names) {
    const twin = answer.properties[name];
    if (twin) output.line(resultText(twin, invocation));
  }
}

interface WatchedRequest {
  readonly client: AgentClient;
  readonly path: string;
  readonly names: readonly string[];
  readonly invocation: Invocation;
  readonly send: () => Promise<DeviceTwinJson>;
}

/** Sends the change and prints what happens to it meanwhile. The answer decides; the watch only tells. */
async function sendWatched({ client, path, names, invocation, send }: WatchedRequest): Promise<DeviceTwinJson> {
  const printer = new PhasePrinter(names, invocation.output);
  const done = new AbortController();
  const events = await client.events(`${path}/watch`, done.signal);
  const iterator = events[Symbol.asyncIterator]();
  await untilSynced(iterator, (event) => printer.skip((event.data as DeviceJson).status.twins));
  const telling = tell(iterator, printer);
  try {
    const answer = await send();
    printer.print(Object.values(answer.properties));
    return answer;
  } finally {
    done.abort();
    await telling;
  }
}

async function untilSynced(events: AsyncIterator<ServerEvent>, onDevice: (event: ServerEvent) => void): Promise<void> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    if (next.value.event === "device") onDevice(next.value);
    if (next.value.event === "synced") return;
  }
}

async function tell(events: AsyncIterator<ServerEvent>, printer: PhasePrinter): Promise<void> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    if (next.value.event === "twin") printer.print((next.value.data as TwinChangeJson).properties);
  }
}

function waitQuery({ options }: Invocation, device: string): Record<string, string> {
  const wait = options.get("wait");
  const timeout = options.get("timeout");
  if (timeout !== undefined && wait === undefined) {
    throw usageError(
      "--timeout means nothing without --wait",
      `edgetwin set ${device} ... --wait --timeout ${timeout}`,
    );
  }
  if (timeout !== undefined && parseDuration(timeout) === undefined) {
    throw usageError(`--timeout "${timeout}" is no duration`, `edgetwin set ${device} ... --wait --timeout 10s`);
  }
  return { ...(wait !== undefined && { wait }), ...(timeout !== undefined && { timeout }) };
}

function versionGuard(
  { options }: Invocation,
  names: readonly string[],
): { readonly ifVersion?: Record<string, number> } {
  const text = options.get("if-version");
  if (text === undefined) return {};
  if (!/^\d{1,15}$/.test(text)) throw usageError(`--if-version "${text}" is no version`, "edgetwin get twins -o wide");
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) {
    throw usageError("--if-version guards one property", `edgetwin set DEVICE ${name}=VALUE --if-version ${text}`);
  }
  return { ifVersion: Object.fromEntries([[name, Number(text)]]) };
}

function resultText(twin: TwinJson, { output }: Invocation): string {
  const { propertyName, desired, phase, version } = twin;
  if (!desired) return `${propertyName}: nothing is desired any more (version ${version})`;
  return `${propertyName} = ${withUnit(desired.value, twin)} ${phaseText(phase, output)} (version ${version})`;
}
