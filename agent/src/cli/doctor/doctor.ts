import type { Finding } from "@edgetwin/mapper-sdk";

/** Looks at one thing, or several that belong together. */
export type Check = () => Promise<readonly Finding[]>;

/** Runs every check, in order. One that breaks becomes a finding itself: the others still help. */
export async function doctor(checks: readonly Check[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    try {
      findings.push(...(await check()));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      findings.push({ check: "doctor", state: "fail", message: `a check broke: ${message}` });
    }
  }
  return findings;
}
