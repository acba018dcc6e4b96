import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AgentConfig, loadConfig, type PropertyTwin, type RunningAgent, startAgent } from "@edgetwin/agent";
import { Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { type Device, parseManifests } from "@edgetwin/models";
import { roomOf, startEmulator } from "../src/emulator.ts";

/** The folder of the example. */
export const example = fileURLToPath(new URL("../../", import.meta.url));

/** A directory that is gone with `scope`. */
export const temporaryDirectory = (scope: Scope): string =>
  scope.adopt(mkdtempSync(join(tmpdir(), "edgetwin-smart-room-")), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );

/** The example in this process, on a simulated board that a test can break. */
export class ExampleAgent implements AsyncDisposable {
  readonly agent: RunningAgent;
  readonly board: SimBoard;
  readonly #scope: Scope;

  private constructor(agent: RunningAgent, board: SimBoard, scope: Scope) {
    this.agent = agent;
    this.board = board;
    this.#scope = scope;
  }

  /** @param state a folder for what the agent keeps; one that is gone with the agent when left out. */
  static async start(state?: string): Promise<ExampleAgent> {
    await using scope = new Scope();
    const directory = state ?? temporaryDirectory(scope);
    const board = new SimBoard();
    for (const connection of await connections()) {
      const free = "path" in connection ? { ...connection, path: "tcp://127.0.0.1:0" } : connection;
      scope.use(await startEmulator({ board, clock: systemClock, connection: free }));
    }
    const dongle = roomOf({ board, clock: systemClock }).zigbee?.path ?? "";
    const config = {
      ...apart(await loadConfig(join(example, "edgetwin.yaml"), {}), directory),
      manifests: [copyManifests(join(directory, "manifests"), dongle)],
    };
    const chosen = { board, simulated: true, description: "simulated", explain: async () => [] };
    const agent = scope.use(await startAgent(config, { log: silentLog, board: chosen }));
    return new ExampleAgent(agent, board, scope.move());
  }

  twin(device: string, property: string): PropertyTwin | undefined {
    return this.agent.core.engine.device(`default/${device}`)?.twins.get(property);
  }

  state(device: string): string | undefined {
    return this.agent.core.registry.device(`default/${device}`)?.state.name;
  }

  quality(device: string, property: string): string | undefined {
    return this.twin(device, property)?.reported?.quality;
  }

  /** Desires a value; resolves as soon as it is stored. */
  async desire(device: string, property: string, text: string): Promise<void> {
    const { engine, clock } = this.agent.core;
    const origin = { door: "rest", actor: "test" } as const;
    const change = { kind: "change", at: clock.now(), origin, desired: { [property]: { text } } } as const;
    const { refusals } = await engine.submit(`default/${device}`, change);
    if (refusals.length > 0) throw new Error(refusals.map(({ code }) => code).join(", "));
  }

  /** Resolves when `condition` holds; looks at every change of a twin or of a device's state. */
  async until(condition: () => boolean): Promise<void> {
    const { engine, registry } = this.agent.core;
    const { promise, resolve } = withResolvers();
    const look = () => condition() && resolve();
    const stops = [engine.onApplied(look), registry.onChange(look)];
    look();
    await promise;
    for (const stop of stops) stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
  }
}

/** The configuration for an agent that meets no other one: its state in `directory`, no port. */
const apart = (config: AgentConfig, directory: string): AgentConfig => ({
  ...config,
  stateDirectory: directory,
  socket: join(directory, "edgetwin.sock"),
  tokenFile: join(directory, "token"),
  deviceProfile: join(directory, "deviceProfile.json"),
  dmi: { ...config.dmi, socket: join(directory, "dmi.sock") },
  bus: { ...config.bus, broker: "off" },
  api: { ...config.api, port: 0 },
});

/** The manifests, with the dongle at `dongle`: tests run side by side. */
function copyManifests(directory: string, dongle: string): string {
  mkdirSync(directory, { recursive: true });
  for (const file of readdirSync(join(example, "manifests"))) {
    const text = readFileSync(join(example, "manifests", file), "utf8");
    writeFileSync(join(directory, file), text.replace("tcp://127.0.0.1:6638", dongle));
  }
  return directory;
}

/** How the manifests reach their devices. */
async function connections(): Promise<readonly object[]> {
  const folder = join(example, "manifests");
  const parsed = await Promise.all(
    readdirSync(folder).map((file) => parseManifests(readFileSync(join(folder, file), "utf8"), { file })),
  );
  return parsed
    .flatMap(({ resources }) => resources as readonly Device[])
    .filter(({ kind }) => kind === "Device")
    .map(({ spec }) => spec.protocol?.configData ?? {});
}

function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}
