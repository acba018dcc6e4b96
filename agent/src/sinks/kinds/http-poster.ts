import type { Agent, IncomingMessage, request } from "node:http";
import { f, MapperError, type Scope } from "@edgetwin/mapper-sdk";
import type { SinkCredential } from "@edgetwin/mapper-sdk/sinks";

/** An answer is only read for the reason it gives. */
const longestAnswer = 16 * 1024;

/** What to post. */
export interface Post {
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
}

/**
 * Posts to one server over one kept connection, which ends with the scope. `fetch` would do the same with a pool that
 * nobody can close and 23 MB more of resident memory. TLS is loaded for targets that want it.
 */
export class HttpPoster {
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #request: typeof request;

  private constructor(url: URL, agent: Agent, start: typeof request) {
    this.#url = url;
    this.#agent = agent;
    this.#request = start;
  }

  /** Connects to nothing yet. */
  static async open(address: string, scope: Scope): Promise<HttpPoster> {
    const url = new URL(address);
    const library = url.protocol === "https:" ? await import("node:https") : await import("node:http");
    const agent = scope.adopt(new library.Agent({ keepAlive: true, maxSockets: 1 }), (owned) => owned.destroy());
    return new HttpPoster(url, agent, library.request);
  }

  /** Returns the text of the answer. @throws MapperError `SINK_REFUSED` for 400, 413 and 422, else `SINK_UNAVAILABLE`. */
  async post({ path, headers, body, signal }: Post): Promise<string> {
    // Who compressed the body first may come after the end of the scope: a closed pool would open a connection all the same.
    signal.throwIfAborted();
    const url = path === undefined ? this.#url : new URL(path, this.#url);
    const answer = await this.#send(url, { headers, body, signal });
    const text = await textOf(answer);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return text;
    throw problemOf(status, answer.headers.location ?? text);
  }

  #send(url: URL, { headers, body, signal }: Post): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const length = String(Buffer.byteLength(body));
      const options = { method: "POST", agent: this.#agent, signal, headers: { ...headers, "Content-Length": length } };
      this.#request(url, options).once("response", resolve).once("error", reject).end(body);
    });
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) if (text.length < longestAnswer) text += chunk;
  return text;
}

/** Only what speaks of the content will never be taken; everything else somebody can mend. */
function problemOf(status: number, said: string): MapperError {
  const detail = said.trim() === "" ? "" : `: ${said.trim().replace(/\s+/g, " ").slice(0, 200)}`;
  if (status === 400 || status === 413 || status === 422) {
    return new MapperError("SINK_REFUSED", `it refuses the content with ${status}${detail}`);
  }
  if (status === 401 || status === 403) {
    return new MapperError(
      "SINK_UNAVAILABLE",
      `it does not let the agent in (${status})${detail}; see credentials in the configuration of the agent`,
    );
  }
  if (status >= 300 && status < 400)
    return new MapperError("SINK_UNAVAILABLE", `it moved (${status})${detail}; write that address`);
  return new MapperError("SINK_UNAVAILABLE", `it answered ${status}${detail}`);
}

/** `Authorization`: Basic with a user name, Bearer with a token alone. */
export function authorization(credential: SinkCredential | undefined): { readonly Authorization?: string } {
  const { username, secret = "" } = credential ?? {};
  if (username !== undefined) {
    return { Authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}` };
  }
  return secret === "" ? {} : { Authorization: `Bearer ${secret}` };
}

/** A field for the URL of a server, with or without a path. */
export const httpUrl = (example: string) =>
  f.custom(`a URL like "${example}"`, (raw) =>
    typeof raw === "string" && URL.canParse(raw) && /^https?:\/\/[^/]/.test(raw) && !new URL(raw).username
      ? raw
      : undefined,
  );
