import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Board,
  type Clock,
  defineModel,
  type Log,
  type Mapper,
  type Protocol,
  Scope,
  silentLog,
} from "@edgetwin/mapper-sdk";
import { type AttachedHost, attachHost, listen, serveHost } from "@edgetwin/mapper-sdk/dmi";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";

/** Parts served on a real socket, and an agent attached to them. */
export interface Served extends AsyncDisposable {
  readonly socket: string;
  readonly host: AttachedHost;
  /** Board and clock of the far side; may be replaced between devices. */
  readonly far: { board: Board; clock: Clock };
  /** Ends the far side: gracefully, or as kill -9 does. */
  stop(how: "stop" | "kill"): Promise<void>;
  /** Lets everything settle on both sides: what was sent before a round trip has arrived after it. */
  settle(): Promise<void>;
}

/** Serves `parts` as a process would, in this one. */
export async function served(parts: readonly (Mapper | Protocol)[], log: Log = silentLog): Promise<Served> {
  const scope = new Scope();
  const folder = scope.adopt(await mkdtemp(join(tmpdir(), "dmi-")), (path) => rm(path, { recursive: true }));
  const socket = join(folder, "mapper.sock");
  const far = { board: new SimBoard() as Board, clock: new ManualClock() as Clock };
  const stopping = new AbortController();
  const service = serveHost({
    parts,
    name: "lamps",
    version: "1.2.3",
    pid: 42,
    get board() {
      return far.board;
    },
    get clock() {
      return far.clock;
    },
    log,
    signal: stopping.signal,
  });
  const listening = scope.use(await listen(socket, [service]));
  scope.use(service);
  const host = scope.use(await attachHost(socket));
  if (!host) throw new TypeError("the process is none of ours");
  return {
    socket,
    host,
    far,
    async stop(how) {
      if (how === "stop") {
        stopping.abort();
        await service[Symbol.asyncDispose]();
      }
      await listening[Symbol.asyncDispose]();
    },
    async settle() {
      for (let turn = 0; turn < 3; turn++) {
        for (let loops = 0; loops < 4; loops++) await new Promise((resolve) => setImmediate(resolve));
        // Any answer will do: it comes after those to everything that was asked before and does not wait.
        await Promise.resolve(mapperOf(host.parts[0]).modelFor({})).catch(() => undefined);
      }
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

function mapperOf(part: Mapper | Protocol | undefined): Mapper {
  if (part?.kind === "mapper") return part;
  if (part) return part.serve(defineModel("nothing", {}));
  throw new TypeError("the process serves nothing");
}
