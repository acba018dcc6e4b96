import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

/** An answer with its JSON body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Json;
}

/** Parsed JSON of whatever shape: a test asserts on what it reads from it. */
export type Json = ReturnType<JSON["parse"]>;

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Where an API under test listens. */
export type Address = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/** Sends one request on a connection of its own. */
export async function ask(address: Address, path: string, options: Ask = {}): Promise<Answer> {
  const response = await open(address, path, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const isJson = /json/.test(response.headers["content-type"] ?? "") && text !== "";
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

/** Sends one request and hands out the answer as it begins. */
export function open(
  address: Address,
  path: string,
  { method = "GET", headers, body, signal }: Ask = {},
): Promise<IncomingMessage> {
  const text = typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request({
      ...address,
      path,
      method,
      agent: false,
      ...(signal && { signal }),
      headers: { ...(text !== undefined && { "content-type": "application/json" }), ...headers },
    });
    sent.once("response", resolve);
    sent.once("error", reject);
    sent.end(text);
  });
}
