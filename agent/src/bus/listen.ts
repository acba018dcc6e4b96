import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { AgentError } from "../errors.ts";
import { portHolder } from "./port-holder.ts";

/** Where to listen. Port 0 takes any free one. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * Opens a TCP listener that hands each connection to `accept`.
 *
 * @throws AgentError `START_FAILED` when the port cannot be had, naming who holds it and what to do.
 */
export async function listen({ host, port }: Endpoint, accept: (socket: Socket) => void): Promise<Server> {
  // Without TCP_NODELAY each round trip of a small packet takes 44 ms (Nagle against delayed acknowledgement; measured).
  // The larger buffer holds what one turn writes to a busy client, so that it does not wait for the drain.
  const server = createServer({ noDelay: true, highWaterMark: 128 * 1024 }, accept);
  try {
    server.listen(port, host);
    await once(server, "listening");
    return server;
  } catch (cause) {
    throw new AgentError("START_FAILED", await explain({ host, port }, cause), { cause });
  }
}

async function explain({ host, port }: Endpoint, cause: unknown): Promise<string> {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const what = `the MQTT broker cannot listen on ${host}:${port}`;
  if (code === "EADDRINUSE") {
    const holder = (await portHolder(port)) ?? "another program";
    return `${what}: ${holder} has that port; stop it, choose another port, or use it as the external broker mqtt://${host}:${port}`;
  }
  if (code === "EACCES")
    return `${what}: ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher port`;
  if (code === "EADDRNOTAVAIL") return `${what}: this machine has no address ${host}; use 127.0.0.1`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `${what}: nobody knows the name ${host}; use 127.0.0.1`;
  return `${what}: ${cause instanceof Error ? cause.message : String(cause)}`;
}
