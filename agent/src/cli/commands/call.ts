import { parseDuration } from "@edgetwin/mapper-sdk";
import { printStructured } from "@edgetwin/program/command-line";
import type { MethodAnswerJson } from "../../api/routes/methods.ts";
import { parseInputs } from "../assignments.ts";
import type { Invocation } from "../command.ts";
import { resourceName, resourcePath } from "../resource-path.ts";
import { phaseText, withUnit } from "../twin-text.ts";
import { usageError } from "../usage-error.ts";

/** `edgetwin call`: has a device do something, waits until it is done and prints what it answered. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { positionals, options, output } = invocation;
  const [device = "", method = "", ...words] = positionals;
  const path = `${resourcePath("devices", resourceName(device, invocation))}/methods/${encodeURIComponent(method)}`;
  const input = parseInputs(words, `edgetwin call ${device} ${method}`);
  const timeout = options.get("timeout");
  if (timeout !== undefined && parseDuration(timeout) === undefined) {
    throw usageError(`--timeout "${timeout}" is no duration`, `edgetwin call ${device} ${method} --timeout 10s`);
  }
  const query = timeout === undefined ? {} : { timeout };
  const body = words.length === 0 ? {} : { input };
  const answer = await invocation.connect().request<MethodAnswerJson>(path, { method: "POST", body, query });
  const format = options.get("output") ?? "text";
  if (format === "json" || format === "yaml") return await printStructured(output, format, answer);
  for (const line of linesOf(answer, invocation)) output.line(line);
}

function linesOf(answer: MethodAnswerJson, { output }: Invocation): string[] {
  const { properties, output: answered } = answer;
  if (properties) {
    return Object.values(properties).map((twin) => {
      const value = twin.desired ? withUnit(twin.desired.value, twin) : "-";
      return `${twin.propertyName} = ${value} ${phaseText(twin.phase, output)} (version ${twin.version})`;
    });
  }
  if (answered === undefined) return ["done"];
  if (typeof answered !== "object" || answered === null) return [showPart(answered)];
  return Object.entries(answered).map(([name, value]) => `${name} = ${showPart(value)}`);
}

const showPart = (value: unknown): string => (typeof value === "string" ? value : withUnit(value, {}));
