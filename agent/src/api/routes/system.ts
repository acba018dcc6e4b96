import type { GpioLine } from "@edgetwin/mapper-sdk";
import type { BusReport } from "../../runner/bus-queues.ts";
import type { StoreCondition, StoreFigures } from "../../store/store.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";
import { timestamp } from "../twin-json.ts";

/** The machine and the agent on it: what they take, the board's lines, the buses. */
export const systemRoutes: readonly Route[] = [{ method: "GET", path: "/api/v1/system", handle: getSystem }];

/** What the agent runs on. */
export interface SystemParts {
  readonly board: string;
  /** The lines of the board and who holds them. */
  lines(): Promise<readonly GpioLine[]>;
  buses(): readonly BusReport[];
  /** Undefined where no history is kept. */
  readonly history: (() => { readonly fileBytes: number; readonly bytesWritten: number }) | undefined;
}

/** The answer. */
export interface SystemJson {
  readonly node: string;
  readonly version: string;
  readonly nodejs: string;
  readonly board: string;
  readonly startedAt: string;
  readonly memory: { readonly residentBytes: number };
  readonly cpuSeconds: number;
  readonly store: { readonly condition: StoreCondition } & Pick<
    StoreFigures,
    "bytesWritten" | "databaseBytes" | "walBytes" | "osBytesWritten"
  >;
  readonly history?: { readonly fileBytes: number };
  readonly lines: readonly GpioLine[];
  readonly buses: readonly {
    readonly bus: string;
    readonly queueLength: number;
    readonly requests: number;
    readonly failed: number;
    readonly missedPolls: number;
    readonly refused: number;
  }[];
}

async function getSystem({ core, state }: Call): Promise<Reply> {
  const { system } = state;
  const { bytesWritten, databaseBytes, walBytes, osBytesWritten } = await core.store.figures();
  const { user, system: inKernel } = process.cpuUsage();
  const history = system?.history?.();
  return ok({
    node: core.node,
    version: state.version,
    nodejs: process.version,
    board: system?.board ?? "none",
    startedAt: timestamp(core.clock.now() - Math.round(process.uptime() * 1000)),
    memory: { residentBytes: process.memoryUsage.rss() },
    cpuSeconds: (user + inKernel) / 1e6,
    store: {
      condition: core.store.condition(),
      bytesWritten,
      databaseBytes,
      walBytes,
      ...(osBytesWritten !== undefined && { osBytesWritten }),
    },
    ...(history && { history: { fileBytes: history.fileBytes } }),
    lines: (await system?.lines()) ?? [],
    buses: (system?.buses() ?? []).map(busJson),
  } satisfies SystemJson);
}

const busJson = ({ bus, length, figures }: BusReport): SystemJson["buses"][number] => ({
  bus,
  queueLength: length,
  requests: sum(figures.requests),
  failed: figures.failed,
  missedPolls: figures.missedPolls,
  refused: sum(figures.refused),
});

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
