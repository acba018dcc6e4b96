import { type Clock, Scope, systemClock } from "@edgetwin/mapper-sdk";
import type { RunningAgent } from "../../../src/agent.ts";
import { writeIdentity } from "../../../src/cloud/identity-file.ts";
import { KeptLog, startLamps, temporaryDirectory } from "../../start/support.ts";
import { CloudCore } from "./cloud-core.ts";
import { TestAuthority } from "./test-authority.ts";

/** A cloud, and a node that joined it: the whole agent in this process, without devices of its own. */
export interface Joined extends AsyncDisposable {
  readonly cloud: CloudCore;
  readonly authority: TestAuthority;
  readonly directory: string;
  readonly log: KeptLog;
  /** Starts the agent, again after it was stopped. */
  start(settings?: Readonly<Record<string, unknown>>): Promise<RunningAgent>;
  stop(): Promise<void>;
}

/** How a test wants its node. */
export interface JoinedOptions {
  readonly node?: string;
  readonly clock?: Clock;
  readonly days?: number;
}

/** Joins a new cloud without asking it: the identity is on the disk. */
export async function joined({ node = "rec-1", clock = systemClock, days }: JoinedOptions = {}): Promise<Joined> {
  await using scope = new Scope();
  const authority = await TestAuthority.create(() => clock.now());
  const cloud = scope.use(await CloudCore.start(authority));
  const directory = temporaryDirectory(scope);
  const server = { host: "127.0.0.1", port: cloud.port };
  const pair = await authority.node(node, days);
  const knownAt = clock.now();
  writeIdentity(directory, { node, server, certificates: server, authority: authority.pem, ...pair, knownAt });
  const log = new KeptLog();
  let agent: RunningAgent | undefined;
  const stop = async () => {
    await agent?.[Symbol.asyncDispose]();
    agent = undefined;
  };
  scope.defer(stop);
  const start = async (settings: Readonly<Record<string, unknown>> = {}) => {
    const all = { node, manifests: [], cloud: { report: "5ms" }, ...settings };
    agent = await startLamps(directory, all, { log, clock, random: () => 0 });
    return agent;
  };
  const owned = scope.move();
  return { cloud, authority, directory, log, start, stop, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}
