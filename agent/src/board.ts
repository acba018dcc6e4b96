import { type Board, type BoardPackage, type Clock, type Finding, HalError, type Log } from "@edgetwin/mapper-sdk";
import type { AgentConfig } from "./config/config.ts";
import { AgentError } from "./errors.ts";
import { importFailure } from "./import-failure.ts";

/** The board the agent runs on, and what led to it. */
export interface ChosenBoard {
  readonly board: Board;
  readonly simulated: boolean;
  /** For people: `"Raspberry Pi 4 Model B Rev 1.4"`, `"simulated: /proc/device-tree/model is missing"`. */
  readonly description: string;
  explain(): Promise<readonly Finding[]>;
}

type BoardSettings = Pick<AgentConfig["board"], "package" | "use" | "backend">;

/**
 * Opens the configured board. A real board that is there but cannot be used is not replaced by a simulated one: its
 * devices wait and say why.
 *
 * @param resolve turns the configured package name into something `import` takes.
 * @throws AgentError `CONFIG_INVALID` when the package does not load or exports no board.
 */
export async function chooseBoard(
  settings: BoardSettings,
  { resolve, clock, log }: { resolve: (name: string) => string; clock: Clock; log: Log },
): Promise<ChosenBoard> {
  const pack = await loadBoardPackage(settings.package, resolve);
  const options = { backend: settings.backend, clock, log };
  const detected = await pack.detect();
  if (settings.use === "simulated" || (settings.use === "auto" && !detected.present)) {
    const why = settings.use === "simulated" ? "as configured" : (detected.reason ?? "no such board was found");
    const board = pack.simulated({ clock });
    return { board, simulated: true, description: `${board.name}: ${why}`, explain: () => pack.explain(options) };
  }
  try {
    const board = await pack.open(options);
    return { board, simulated: false, description: detected.model ?? board.name, explain: () => board.explain() };
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    log.error("board cannot be used", { board: pack.name, error });
    const board = unusableBoard(detected.model ?? pack.name, error);
    return {
      board,
      simulated: false,
      description: `${board.name}: ${error.message}`,
      explain: () => pack.explain(options),
    };
  }
}

/** What the doctor says about the board, without keeping anything open. */
export async function explainBoard(
  settings: BoardSettings,
  { resolve, clock, log }: { resolve: (name: string) => string; clock: Clock; log: Log },
): Promise<readonly Finding[]> {
  const pack = await loadBoardPackage(settings.package, resolve);
  return pack.explain({ backend: settings.backend, clock, log });
}

async function loadBoardPackage(name: string, resolve: (name: string) => string): Promise<BoardPackage> {
  try {
    const exported: readonly unknown[] = Object.values(await import(resolve(name)));
    const found = exported.find(isBoardPackage);
    if (found) return found;
  } catch (cause) {
    throw new AgentError("CONFIG_INVALID", `board.package: ${name} does not load: ${importFailure(name, cause)}`, {
      cause,
    });
  }
  throw new AgentError("CONFIG_INVALID", `board.package: ${name} exports no board`);
}

const isBoardPackage = (part: unknown): part is BoardPackage =>
  typeof part === "object" && part !== null && "kind" in part && part.kind === "board";

/** A board on which everything fails with `error`, so that devices wait for it instead of the agent dying. */
function unusableBoard(name: string, error: HalError): Board {
  const fail = () => Promise.reject(new HalError(error.kind === "unsupported" ? "other" : error.kind, error.message));
  return {
    name,
    gpio: { lineName: (pin) => String(pin), output: fail, input: fail },
    pwm: { output: fail },
    i2c: { open: fail, list: async () => [] },
    serial: { open: fail, list: async () => [] },
    async [Symbol.asyncDispose]() {},
  };
}
