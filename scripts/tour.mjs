// `npm run tour`: a cloud bridge by itself and two agents with simulated boards, on this machine. Everything is in a folder
// of its own, on loopback and on ports that are free; Ctrl-C ends it and removes the folder.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root, setUp } from "./setup.mjs";

const nodes = ["crossing", "hall"];
const light = "traffic-light-instance-01";

setUp();
const { connectKubernetes, resourceTypes } = await import(join(root, "cloud-bridge", "dist", "src", "index.js"));
const { parseAllDocuments } = await import("yaml"); // not before the set-up: it may have to be installed
const folder = mkdtempSync(join(tmpdir(), "edgetwin-tour-"));
const bridgeCommand = join(root, "cloud-bridge", "bin", "edgetwin-bridge.js");
const agentCommand = join(root, "agent", "bin", "edgetwin.js");
const state = join(folder, "bridge");
const running = [];
let isEnding = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void end(0));

try {
  const { edges, certificates } = await startBridge();
  const token = await output(bridgeCommand, ["token", "create", "--state", state]);
  for (const node of nodes) await startAgent(node, { edges, certificates, token });
  await bringDevices();
  introduce();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}

/** Resolves with the ports that the bridge listens on. */
async function startBridge() {
  const ports = ["--port", "0", "--certificate-port", "0", "--api-port", "0", "--operations-port", "0"];
  const bridge = start("bridge", bridgeCommand, ["run", "--state", state, ...ports]);
  for await (const line of createInterface({ input: bridge.stderr })) {
    const said = parsed(line);
    if (said?.event === "bridge runs") return said;
    if (said?.level === "warn" || said?.level === "error" || said === undefined) console.error(`bridge: ${line}`);
  }
  throw new Error("the bridge did not start");
}

/** Has a machine join the bridge under a name, starts its agent, and shows what its devices do. */
async function startAgent(node, { edges, certificates, token }) {
  const place = join(folder, node);
  const config = join(folder, `${node}.yaml`);
  const settings = {
    node,
    stateDirectory: place,
    board: { use: "simulated" },
    bus: { broker: "off" },
    api: { port: 0 },
  };
  writeFileSync(config, JSON.stringify(settings));
  const at = ["--server", `localhost:${edges}`, "--certificates", `localhost:${certificates}`];
  await output(agentCommand, ["join", "--config", config, ...at, "--token-file", "-"], token);
  const agent = start(node, agentCommand, ["run", "--config", config]);
  await once(agent.stdout, "data"); // it says so when it runs
  agent.stderr.resume();
  agent.stdout.resume();
  const watch = start(`${node} watch`, agentCommand, ["watch", "--socket", join(place, "edgetwin.sock")]);
  createInterface({ input: watch.stdout }).on("line", (line) => console.log(`[${node}] ${line}`));
  watch.stderr.resume();
}

async function bringDevices() {
  const client = await connectKubernetes({ kubeconfig: join(state, "kubeconfig") });
  const documents = parseAllDocuments(readFileSync(join(root, "scripts", "tour", "devices.yaml"), "utf8"));
  for (const document of documents) {
    const object = document.toJSON();
    const type = object.kind === "Device" ? resourceTypes.devices : resourceTypes.deviceModels;
    await client.create(type, object);
  }
  client[Symbol.dispose]();
}

function introduce() {
  console.log(`
KUBECONFIG=${join(state, "kubeconfig")}

A bridge and two agents run: node "crossing" with a traffic light, node "hall" with a lamp, on simulated boards.
In another terminal, with kubectl (Debian: apt-get install kubernetes-client):

  export KUBECONFIG=${join(state, "kubeconfig")}
  kubectl get nodes
  kubectl get devices -o wide
  kubectl patch device ${light} --type=json \\
    -p '[{"op": "replace", "path": "/spec/properties/0/desired/value", "value": "ON"}]'
  kubectl wait --for=condition=Applied device/${light} --timeout=10s
  kubectl get devicestatus ${light} -o yaml
  kubectl describe device ${light}

Green while red is lit is refused, with its reason; try path "/spec/properties/2/desired/value".
Lines below are what the agents say about their devices. Ctrl-C ends everything.
`);
}

/** Starts a program of ours; when it ends before the tour does, the tour is over. */
function start(name, command, words) {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  child.on("exit", (code) => {
    if (isEnding) return;
    console.error(`${name} ended with code ${code}`);
    void end(1);
  });
  return child;
}

/** What a program of ours prints. */
async function output(command, words, input = "") {
  const child = spawn(command, words, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(input);
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${words[0]} failed with code ${code}`);
  return text.trim();
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Ends what was started, the last first, and leaves nothing behind. */
async function end(code) {
  if (isEnding) return;
  isEnding = true;
  for (const child of running.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
