import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "@edgetwin/mapper-sdk";

const cookieName = "edgetwin-session";
/** A working day and the night before it. */
const lifeMs = 24 * 3_600_000;

/**
 * Logins of browsers. A session is a cookie that says how long it is good, sealed with the token: nothing is kept here, so
 * sessions survive a restart of the agent, and a new token ends them all.
 */
export class Sessions {
  readonly #token: string;
  readonly #clock: Clock;

  constructor(token: string, clock: Clock) {
    this.#token = token;
    this.#clock = clock;
  }

  /** The `Set-Cookie` of a new session. Scripts cannot read it, and no other site can have it sent. */
  open(): string {
    const until = String(this.#clock.now() + lifeMs);
    return `${cookieName}=${until}.${this.#seal(until)}; Path=/; Max-Age=${lifeMs / 1000}; HttpOnly; SameSite=Strict`;
  }

  /** The `Set-Cookie` that ends the browser's session. */
  close(): string {
    return `${cookieName}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`;
  }

  /** Whether a `Cookie` header (RFC 6265) holds a session that is still good. */
  isOpen(header: string | undefined): boolean {
    const cookies = (header ?? "").split(";").map((pair) => pair.trim());
    return cookies.some((pair) => {
      const [, until = "", seal = ""] = /^edgetwin-session=(\d{1,16})\.([0-9a-f]{64})$/.exec(pair) ?? [];
      if (until === "" || Number(until) <= this.#clock.now()) return false;
      return timingSafeEqual(Buffer.from(seal, "hex"), Buffer.from(this.#seal(until), "hex"));
    });
  }

  #seal(until: string): string {
    return createHmac("sha256", this.#token).update(`console session until ${until}`).digest("hex");
  }
}
