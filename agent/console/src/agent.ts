/** The agent said no, or did not answer. */
export class AgentFailure extends Error {
  override readonly name = "AgentFailure";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How a request is made. */
export interface AskOptions {
  readonly method?: "POST" | "PATCH" | "DELETE";
  readonly body?: unknown;
}

/** Asks the agent; undefined for an answer without a body. Rejects with {@link AgentFailure} saying what the agent says. */
export async function ask<T>(path: string, { method, body }: AskOptions = {}): Promise<T> {
  const response = await fetch(path, {
    method: method ?? "GET",
    headers: { "Edgetwin-Actor": "console", ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new AgentFailure(0, "the agent does not answer");
  });
  const text = await response.text();
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
  throw new AgentFailure(response.status, detailOf(text) ?? response.statusText);
}

function detailOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { detail?: string }).detail;
  } catch {
    return undefined; // not from the agent itself
  }
}

/** Path of a property, or of its device without one. */
export function pathOf(device: string, property?: string): string {
  const [namespace = "", name = ""] = device.split("/");
  const base = `/api/v1/devices/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  return property === undefined ? base : `${base}/twin/${encodeURIComponent(property)}`;
}
