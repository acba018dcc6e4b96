import { type IncomingMessage, request } from "node:http";
import type { Desired, Door, Twin } from "./door.ts";

/** Where the agent's REST API is. */
export type RestAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly token: string };

/** How long a value may take to be verified or to be reported. */
const patienceMs = 15_000;

/** The agent's REST API as a door. */
export class RestDoor implements Door {
  readonly #address: RestAddress;

  constructor(address: RestAddress) {
    this.#address = address;
  }

  async apply(manifests: string): Promise<void> {
    const { status, text } = await this.#ask("POST", "/api/v1/manifests", {
      type: "application/yaml",
      text: manifests,
    });
    if (status !== 200) throw new Error(`the manifests were refused: ${text}`);
  }

  async desire(device: string, desired: Desired, until: "stored" | "verified" = "verified"): Promise<string> {
    const query = until === "verified" ? `?wait=verified&timeout=${patienceMs}ms` : "";
    const body = { type: "application/json", text: JSON.stringify({ desired }) };
    const { status, text } = await this.#ask("PATCH", `${twinsOf(device)}${query}`, body);
    return status === 200 ? until : String((JSON.parse(text) as { code?: unknown }).code);
  }

  async twin(device: string, property: string): Promise<Twin> {
    const { status, text } = await this.#ask("GET", `${twinsOf(device)}/${property}`);
    if (status !== 200) throw new Error(`no twin ${property} of ${device}: ${text}`);
    return JSON.parse(text) as Twin;
  }

  async twinThat(device: string, property: string, holds: (twin: Twin) => boolean): Promise<Twin> {
    const signal = AbortSignal.timeout(patienceMs);
    let last: Twin | undefined;
    try {
      // Events only say when to look: what counts is what the agent answers then.
      const events = await this.#open("GET", `/api/v1/devices/${device}/watch`, { signal });
      for await (const _ of events) {
        last = await this.twin(device, property);
        if (holds(last)) return last;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    throw new Error(`${property} of ${device} did not become as expected; it is ${JSON.stringify(last)}`);
  }

  async #ask(method: string, path: string, body?: Body): Promise<{ readonly status: number; readonly text: string }> {
    const response = await this.#open(method, path, body);
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  }

  #open(method: string, path: string, { type, text, signal }: Body = {}): Promise<IncomingMessage> {
    const address = this.#address;
    const authorization = "token" in address ? { Authorization: `Bearer ${address.token}` } : {};
    const headers = { ...authorization, ...(type && { "Content-Type": type }), "Edgetwin-Actor": "hil" };
    return new Promise((resolve, reject) => {
      const sent = request({ ...address, method, path, headers, agent: false, ...(signal && { signal }) }, resolve);
      sent.once("error", reject);
      sent.end(text);
    });
  }
}

interface Body {
  readonly type?: string;
  readonly text?: string;
  readonly signal?: AbortSignal;
}

const twinsOf = (device: string): string => `/api/v1/devices/${device}/twin`;
