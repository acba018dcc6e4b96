import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { defineProtocol, f, fields, Scope, systemClock } from "@edgetwin/mapper-sdk";
import { serveMappers, type v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { Bell } from "./support/bell.ts";
import { Edgecore } from "./support/edgecore.ts";
import { draftOf } from "./support/protobuf-json.ts";

/** What passed between the real EdgeCore and a mapper of KubeEdge's mapper-framework, in order. */
interface Step {
  readonly file: string;
  readonly method?:
    | "MapperRegister"
    | "RegisterDevice"
    | "UpdateDevice"
    | "RemoveDevice"
    | "CreateDeviceModel"
    | "UpdateDeviceModel"
    | "RemoveDeviceModel";
  readonly request?: unknown;
  readonly response?: { readonly modelList?: unknown[]; readonly deviceList?: unknown[] };
  /** Device, property, observed desired value, reported value. */
  readonly reported?: readonly [string, string, string, string];
}
const steps: Step[] = JSON.parse(
  readFileSync(new URL("../../test/fixtures/dmi/sessions.json", import.meta.url), "utf8"),
);

/** The virtual device of the recordings: whatever is written to a pin can be read there. */
const virtual = () => {
  const pins = new Map<string, unknown>();
  return defineProtocol({
    protocol: "virtual",
    connection: fields({ bus: f.string(), speed: f.int(), fast: f.boolean(), factor: f.number() }),
    visitor: fields({ pin: f.string() }),
    open: () => pins,
    read: ({ session, visitor: { pin }, property }) => session.get(pin) ?? (property.type === "STRING" ? "" : 0),
    write: ({ session, visitor: { pin } }, value) => void session.set(pin, value),
  });
};

/** Plays the recorded EdgeCore to a process of ours, each step when everything before it has arrived. */
async function replay(file: string): Promise<void> {
  await using scope = new Scope();
  const folder = scope.adopt(await mkdtemp(join(tmpdir(), "dmi-")), (path) => rm(path, { recursive: true }));
  const manager = join(folder, "dmi.sock");
  const session = steps.filter((step) => step.file === file);
  const bell = new Bell();
  let edgecore: Edgecore | undefined;
  scope.defer(() => edgecore?.[Symbol.asyncDispose]());
  let onRegistered = () => {};
  const info = (event: string) => void (event === "dmi.registered" && onRegistered());
  scope.use(
    await serveMappers({
      parts: [virtual()],
      socket: join(folder, "virtual-mapper.sock"),
      manager,
      name: "virtual-mapper",
      board: new SimBoard(),
      log: { debug() {}, warn() {}, error() {}, info },
      random: () => 0,
    }),
  );
  for (const step of session) {
    // The recorded mapper registered again because it was restarted; ours does because its manager was.
    if (step.method === "MapperRegister") edgecore = await restarted(edgecore, { manager, step });
    else if (edgecore && step.reported) await arrives({ edgecore, bell }, step.reported);
    else if (edgecore && step.method) await tell(edgecore, step);
  }

  async function restarted(before: Edgecore | undefined, next: { readonly manager: string; readonly step: Step }) {
    await before?.[Symbol.asyncDispose]();
    const registered = new Promise<void>((resolve) => {
      onRegistered = resolve;
    });
    const { modelList = [], deviceList = [] } = next.step.response ?? {};
    const lists = { models: quick(modelList), devices: quick(deviceList) } as Pick<Edgecore, "models" | "devices">;
    const started = Object.assign(new Edgecore(next.manager, { clock: systemClock, bell }), lists);
    await started.start();
    await registered;
    return started;
  }
}

async function tell(edgecore: Edgecore, { method, request }: Step): Promise<void> {
  const draft = quick(request);
  await edgecore.tell(async (mapper) => {
    const name =
      `${method?.charAt(0).toLowerCase()}${method?.slice(1)}` as keyof typeof v1beta1.deviceMapper.procedures;
    await (mapper[name] as (request: unknown) => Promise<unknown>)(draft);
  });
}

/** What the recorded mapper reported, ours has to have told by now or soon: as the last thing it said of the property. */
async function arrives(
  { edgecore, bell }: { readonly edgecore: Edgecore; readonly bell: Bell },
  [device, property, observed, reported]: NonNullable<Step["reported"]>,
): Promise<void> {
  const last = () =>
    edgecore.reports
      .filter(({ deviceName }) => deviceName === device)
      .flatMap(({ reportedDevice }) => reportedDevice?.twins ?? [])
      .findLast(({ propertyName }) => propertyName === property);
  await bell.until(
    () => last()?.observedDesired?.value === observed && last()?.reported?.value === reported,
    () => `${device} ${property}: ${observed}/${reported}; last was ${JSON.stringify(last())}`,
  );
}

/** The same with cycles of 20 ms instead of five seconds. */
const quick = (json: unknown): unknown =>
  draftOf(JSON.parse(JSON.stringify(json).replace(/"(collectCycle|reportCycle)":"5000"/g, '"$1":"20"')));

describe("a recorded session of KubeEdge, played to a process of ours", () => {
  for (const file of new Set(steps.map((step) => step.file))) {
    test(`${file}: everything the recorded mapper reported arrives`, { timeout: 30_000 }, () => replay(file));
  }
});
