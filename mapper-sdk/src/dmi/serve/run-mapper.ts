import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import type { BoardPackage } from "../../hal.ts";
import type { Mapper } from "../../mapper.ts";
import type { Protocol } from "../../protocol.ts";
import { Scope } from "../../scope.ts";
import { lineLog } from "./line-log.ts";
import { openBoard } from "./open-board.ts";
import { runSettings } from "./run-settings.ts";
import { serveMappers } from "./serve-mappers.ts";

/** What the author of a mapper process gives. */
export interface RunOptions {
  readonly parts: readonly (Mapper | Protocol)[];
  /** Name in the manager's table of mappers; default `edgetwin-` and the first protocol. */
  readonly name?: string;
  readonly version?: string;
  /** The board to use when the command line names none. */
  readonly board?: BoardPackage;
  /** Default: the command line of this process, without its first two words. */
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The whole main program of a mapper process: `await runMapper({ parts: [lamp] })`. Takes its settings from the command
 * line (`--socket`, `--manager`, `--name`, `--board`, `--log`) or the environment (`EDGETWIN_SOCKET`, …), serves until
 * SIGTERM or SIGINT, then closes all devices. Resolves with the exit code, which it has set: 0 when it was told to stop,
 * 1 when it could not start.
 */
export async function runMapper(options: RunOptions): Promise<number> {
  const { argv = process.argv.slice(2), env = process.env } = options;
  const write = (line: string) => void process.stderr.write(line);
  const exitCode = await run(options, { argv, env, write });
  process.exitCode = exitCode;
  return exitCode;
}

interface World {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (line: string) => void;
}

async function run({ parts, version = "", ...options }: RunOptions, { argv, env, write }: World): Promise<number> {
  const clock = systemClock;
  let log = lineLog({ level: "info", clock, write });
  await using scope = new Scope((error) => log.warn("dmi.stop-failed", { error }));
  try {
    const settings = runSettings(argv, env);
    log = lineLog({ level: settings.log, clock, write });
    const name = settings.name ?? options.name ?? `edgetwin-${parts[0]?.protocol ?? "mapper"}`;
    const socket = settings.socket ?? join(env.XDG_RUNTIME_DIR ?? tmpdir(), `${name}.sock`);
    const told = toldToStop(scope);
    const board = scope.use(await openBoard({ board: settings.board ?? options.board, clock, log }));
    const serving = { parts, socket, name, version, board, clock, log };
    scope.use(await serveMappers({ ...serving, ...(settings.manager && { manager: settings.manager }) }));
    log.info("dmi.stopping", { because: await told });
    return 0;
  } catch (error) {
    const { code } = error instanceof MapperError ? error : { code: undefined };
    log.error("dmi.not-started", { ...(code && { code }), error });
    return 1;
  }
}

/** Resolves with the name of the signal. The second one ends the process at once, as if nobody listened. */
function toldToStop(scope: Scope): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      const onSignal = () => resolve(name);
      process.once(name, onSignal);
      scope.defer(() => process.off(name, onSignal));
    }
  });
}
