import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Device, defineModel, type Mapper, type Protocol, p, systemClock } from "@edgetwin/mapper-sdk";
import { attachHost } from "@edgetwin/mapper-sdk/dmi";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { type CallRate, callRate, reads, writes } from "./dmi/calls.ts";
import { counter } from "./dmi/counter.ts";

const seconds = Number(process.argv[2] ?? 3);
const directory = mkdtempSync(join(tmpdir(), "edgetwin-bench-"));
const command = fileURLToPath(new URL("../../../agent/bin/edgetwin.js", import.meta.url));
const pack = fileURLToPath(new URL("./dmi/counter.js", import.meta.url));
const metrics: Record<string, number> = {};
const record = (name: string, value: number, digits = 1) => {
  metrics[name] = Number(value.toFixed(digits));
  console.log(`${name.padEnd(34)} ${metrics[name]}`);
};
const megabytes = (pid: number) => (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096) / 2 ** 20;
const model = defineModel("counter", { level: p.int64({ access: "rw" }) });

try {
  await measureCalls();
  await measureMemory();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
console.log(JSON.stringify({ name: "dmi", metrics }));

/** The same device in this process and in another one, one call at a time and 64 in flight. */
async function measureCalls(): Promise<void> {
  const socket = join(directory, "counter.sock");
  const args = [
    "mapper",
    "run",
    pack,
    "--listen",
    socket,
    "--manager",
    join(directory, "nobody.sock"),
    "--log",
    "error",
  ];
  const child = start(args);
  await said(child, "registers at");
  const host = await attachHost(socket);
  if (!host) throw new Error("the mapper process is none of ours");
  const [part] = host.parts;
  await using inline = await open(counter);
  await using remote = await open(part as Protocol);
  for (const [what, make] of [
    ["Read", reads],
    ["Write", writes],
  ] as const) {
    for (const inFlight of [1, 64]) {
      const measured: Record<string, CallRate> = {};
      for (const [where, device] of [
        ["inline", inline],
        ["child", remote],
      ] as const) {
        await callRate(make(device), { seconds: 0.5, inFlight });
        measured[where] = await callRate(make(device), { seconds, inFlight });
        record(`${where}${what}sPerSecond${inFlight}`, measured[where].perSecond, 0);
        record(`${where}${what}P50Ms${inFlight}`, measured[where].p50Ms, 4);
        record(`${where}${what}P99Ms${inFlight}`, measured[where].p99Ms, 4);
      }
      record(
        `ratioInlineToChild${what}${inFlight}`,
        (measured.inline?.perSecond ?? 0) / (measured.child?.perSecond ?? 1),
      );
    }
  }
  record("rssChildUnderLoadMegabytes", megabytes(child.pid ?? 0));
  host[Symbol.dispose]();
  await end(child);
}

async function open(part: Mapper | Protocol): Promise<Device> {
  const mapper = part.kind === "mapper" ? part : part.serve(model);
  const board = new SimBoard();
  return await mapper.open({ visitors: { level: { at: 1 } } }, { board, clock: systemClock });
}

/** An agent without mappers, with them inside, and with one, two and four of them as children. */
async function measureMemory(): Promise<void> {
  const idle = await agentMegabytes("idle", []);
  record("rssAgentMegabytes", idle.agent);
  const inline = await agentMegabytes("inline", [{ package: pack, name: "a" }]);
  record("rssAgentInlineMegabytes", inline.agent);
  const children = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ package: pack, name: `m${at}`, isolation: "process" }));
  const one = await agentMegabytes("one", children(1));
  record("rssChildMegabytes", one.children);
  record("agentCostOfFirstChildMegabytes", one.agent - idle.agent);
  const four = await agentMegabytes("four", children(4));
  record("agentCostOfFurtherChildMegabytes", (four.agent - one.agent) / 3);
  record("ratioChildToIdleAgent", one.children / idle.agent, 2);
}

interface Taken {
  readonly agent: number;
  /** Of one child, on average. */
  readonly children: number;
}

/** What an agent and its children take two seconds after the start. */
async function agentMegabytes(name: string, mappers: readonly object[]): Promise<Taken> {
  const state = join(directory, name);
  const file = `${state}.json`;
  const quiet = { board: { use: "simulated" }, bus: { broker: "off" }, api: { port: 0 } };
  writeFileSync(file, JSON.stringify({ stateDirectory: state, ...quiet, mappers }));
  const agent = start(["run", "--config", file]);
  await said(agent, "runs as node");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const pid = agent.pid ?? 0;
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  const taken = pids.map((child) => megabytes(Number(child)));
  const sum = taken.reduce((total, one) => total + one, 0);
  const result = { agent: megabytes(pid), children: taken.length === 0 ? 0 : sum / taken.length };
  await end(agent);
  return result;
}

function start(args: readonly string[]): ChildProcess {
  const words = ["--max-semi-space-size=8", command, ...args];
  return spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
}

function said(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => text.includes(words) && resolve());
    child.once("exit", (code) => reject(new Error(`it ended with ${code} before it said "${words}"`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
