import { type IncomingMessage, request } from "node:http";
import type { ServiceCall, ServiceReply } from "@edgetwin/cloud-protocol";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { forwarded } from "./forward-headers.ts";

/** What calls of local services are made with. */
export interface ServiceCallParts {
  /** The only ports that the cloud may have called. */
  readonly ports: ReadonlySet<number>;
  readonly clock: Clock;
  readonly log: Log;
}

/** EdgeCore waits as long. */
const timeoutMs = 10_000;
const mostOpen = 16;

type Reply = Omit<ServiceReply, "parentId">;

/** Calls HTTP services of this machine for the cloud: those alone that the configuration allows. */
export class ServiceCalls {
  readonly #parts: ServiceCallParts;
  #open = 0;

  constructor(parts: ServiceCallParts) {
    this.#parts = parts;
  }

  /** Never rejects: what goes wrong here is an answer too, or the caller would wait until it gives up. */
  async call(call: ServiceCall, { longestBytes }: { readonly longestBytes: number }): Promise<Reply> {
    const { ports, log } = this.#parts;
    if (!ports.has(call.port)) {
      log.warn("call of the cloud refused", { port: call.port, fix: "add it to cloud.services in the configuration" });
      return refusal(403, `port ${call.port} is not among cloud.services of this node`);
    }
    if (this.#open >= mostOpen) return refusal(429, `${mostOpen} calls of the cloud are open on this node`);
    this.#open++;
    try {
      return await this.#send(call, longestBytes);
    } finally {
      this.#open--;
    }
  }

  #send({ method, port, path, headers, body }: ServiceCall, longestBytes: number): Promise<Reply> {
    return new Promise((resolve) => {
      const finish = (reply: Reply) => {
        timer[Symbol.dispose]();
        resolve(reply);
        asked?.destroy();
      };
      let asked: ReturnType<typeof request> | undefined;
      const timer = this.#parts.clock.after(timeoutMs, () =>
        finish(refusal(504, `the service on port ${port} did not answer within ${timeoutMs / 1000} s`)),
      );
      try {
        asked = request({
          ...{ host: "127.0.0.1", port, method, path: path.startsWith("/") ? path : `/${path}`, agent: false },
          headers: { ...forwarded(headers), "Content-Length": body.length },
        });
      } catch (error) {
        return finish(refusal(400, `the request cannot be sent: ${(error as Error).message}`));
      }
      asked.on("error", (error) =>
        finish(refusal(502, `the service on port ${port} cannot be reached: ${error.message}`)),
      );
      asked.on("response", (response) => void answered(response, longestBytes).then(finish));
      asked.end(body);
    });
  }
}

async function answered(response: IncomingMessage, longestBytes: number): Promise<Reply> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > longestBytes) return refusal(502, `the answer of the service is longer than ${longestBytes} bytes`);
      pieces.push(piece);
    }
  } catch (error) {
    return refusal(502, `the answer of the service broke off: ${(error as Error).message}`);
  }
  const headers = new Map<string, readonly string[]>();
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
    const [name = "", value = ""] = [response.rawHeaders[at], response.rawHeaders[at + 1]];
    headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  return {
    status: response.statusCode ?? 502,
    headers: new Map(Object.entries(forwarded(headers))),
    body: Buffer.concat(pieces),
  };
}

const refusal = (status: number, why: string): Reply => ({
  status,
  headers: new Map([["Server", ["edgetwin"]]]),
  body: Buffer.from(`${why}\n`),
});
