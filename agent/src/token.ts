import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { AgentError } from "./errors.ts";

/**
 * The token of the REST API on TCP: what `file` holds, or a new one that is written there with mode 0600.
 *
 * @throws AgentError `START_FAILED` when the file can be neither read nor written, or holds fewer than 16 characters.
 */
export function loadToken(file: string): string {
  try {
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
    }
    const token = readFileSync(file, "utf8").trim();
    if (token.length >= 16) return token;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError(
      "START_FAILED",
      `the token file ${file} cannot be used: ${reason}; set api.port to 0 to do without`,
      {
        cause,
      },
    );
  }
  throw new AgentError(
    "START_FAILED",
    `the token in ${file} has fewer than 16 characters; delete the file to get a new one`,
  );
}
