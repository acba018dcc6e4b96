import { randomBytes } from "node:crypto";
import { type Board, type Clock, type CredentialSource, type Log, MapperError } from "@edgetwin/mapper-sdk";
import type { Broker } from "../visitors/broker.ts";
import { BrokerLink } from "./broker-link.ts";
import { Client, type Received } from "./client.ts";
import type { OpenStream } from "./open-socket.ts";

/** Who wants to use a broker, and in what world. */
export interface LinkUser {
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  readonly credential?: CredentialSource | undefined;
  readonly broker: Broker;
  readonly openStream: OpenStream;
  readonly random?: (() => number) | undefined;
}

interface Entry {
  readonly link: BrokerLink;
  users: number;
}

/** Links in use, by broker and who we are there. A board has its own, so that tests do not meet. */
const linksOf = new WeakMap<Board, Map<string, Entry>>();

/** How long connecting may take until the broker counts as out of reach. */
const connectMs = 10_000;

/** The link to a broker, which all devices with the same settings of it share; it closes with its last user. */
export function acquireLink(user: LinkUser): { readonly link: BrokerLink } & AsyncDisposable {
  const { board, broker, log, clock, random = Math.random } = user;
  const links = linksOf.get(board) ?? new Map<string, Entry>();
  linksOf.set(board, links);
  const key = JSON.stringify([broker.url, broker.credential, broker.clientId]);
  const open = (onMessage: (message: Received) => void, signal: AbortSignal) => connect(user, onMessage, signal);
  const entry = links.get(key) ?? {
    link: new BrokerLink({ name: broker.url, clock, log, random, open }),
    users: 0,
  };
  links.set(key, entry);
  entry.users++;
  let released = false;
  return {
    link: entry.link,
    async [Symbol.asyncDispose]() {
      if (released) return;
      released = true;
      if (--entry.users > 0) return;
      links.delete(key);
      await entry.link.close();
    },
  };
}

async function connect(
  { board, clock, broker, credential: source, openStream }: LinkUser,
  onMessage: (message: Received) => void,
  signal: AbortSignal,
): Promise<Client> {
  const credential = credentialFor(broker, source);
  const limit = new AbortController();
  const onAbort = () => limit.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  using _ = clock.after(connectMs, () => limit.abort(new Error(`no answer within ${connectMs / 1000} s`)));
  try {
    const stream = await openStream(broker, { board, credential, signal: limit.signal });
    const { clientId = `edgetwin-${randomBytes(6).toString("hex")}`, keepAliveMs } = broker;
    const { username, secret: password } = credential;
    const who = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
    return await Client.connect(stream, { clientId, keepAliveMs, clock, onMessage, ...who }, limit.signal);
  } catch (cause) {
    throw named(cause, broker);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function credentialFor({ credential: name, url }: Broker, source: CredentialSource | undefined) {
  if (name === undefined) return {};
  if (source) return source(name, url);
  throw new MapperError("CONFIG_INVALID", `credential: "${name}" cannot be had where this mapper runs; leave it out`);
}

/** CONNACK 4 and 5 (MQTT 3.1.1, 3.2.2.3) say nothing about what to do. */
function named(cause: unknown, { credential }: Broker): unknown {
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (code !== 4 && code !== 5) return cause;
  const who = credential === undefined ? "give credential a name" : `look at the credential "${credential}"`;
  return new Error(`the broker does not let us in (${(cause as Error).message}); ${who}`, { cause });
}
