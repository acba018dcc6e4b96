import type { Clock, Finding } from "@edgetwin/mapper-sdk";

const oldestNode = [20, 19] as const;

/** The first release of this agent: a clock that shows less has not been set. */
const clockFloor = Date.UTC(2025, 0, 1);

/** The machine without touching any file: runtime and clock. */
export function machineFindings({ nodeVersion, arch }: { nodeVersion: string; arch: string }, clock: Clock): Finding[] {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, "").split(".").map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  const runtime: Finding = isOld
    ? {
        check: "runtime",
        state: "fail",
        message: `Node.js ${nodeVersion} is too old`,
        fix: `install Node.js ${oldestNode.join(".")} or newer`,
      }
    : { check: "runtime", state: "ok", message: `Node.js ${nodeVersion} on ${arch}` };
  const isSet = clock.now() >= clockFloor;
  const time: Finding = isSet
    ? { check: "clock", state: "ok", message: new Date(clock.now()).toISOString() }
    : {
        check: "clock",
        state: "warn",
        message: `the clock shows ${new Date(clock.now()).toISOString()}: nobody has set it`,
        fix: "wait for the network time, or set it: sudo date -s ...; times of reports are wrong until then",
      };
  return [runtime, time];
}
