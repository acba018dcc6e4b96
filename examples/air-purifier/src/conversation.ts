import type { BrokerLink, Received } from "@edgetwin/mapper-mqtt/broker";
import { type Clock, Feed, MapperError } from "@edgetwin/mapper-sdk";

/** What a conversation needs. */
export interface ConversationParts {
  readonly link: BrokerLink;
  readonly clock: Clock;
  readonly serial: string;
  readonly signal: AbortSignal;
}

/** Product type of the Pure Cool Link, the first level of all its topics. */
const productType = "475";
/** Until the connection stands, and until the purifier has said or done what it was asked for. */
const patienceMs = 5000;

/** One purifier that was asked how it is and tells every change since. It fails for good with its connection. */
export class Conversation implements AsyncDisposable {
  readonly #parts: ConversationParts;
  readonly #topic: string;
  readonly #fields = new Map<string, string>();
  readonly #changes = new Feed<ReadonlyMap<string, string>>();
  readonly #release: (() => void)[] = [];
  #failure: Error | undefined;

  private constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#topic = `${productType}/${parts.serial}`;
  }

  /** Rejects with `DEVICE_IO` when the purifier does not answer, or does not let us in. */
  static async begin(parts: ConversationParts): Promise<Conversation> {
    const { link, signal } = parts;
    const conversation = new Conversation(parts);
    await link.online(patienceMs, signal);
    const listener = (message: Received) => conversation.#hear(message.payload);
    conversation.#release.push(
      link.onLost((reason) => conversation.#fail(reason)),
      await link.subscribe(new Map([[`${conversation.#topic}/status/current`, listener]]), signal),
    );
    await conversation.#until(["nmod", "tact"], signal, () =>
      conversation.#send({ msg: "REQUEST-CURRENT-STATE" }, signal),
    );
    return conversation;
  }

  /** What the purifier says in a field. Rejects with `DEVICE_IO` while its sensors are off or warm up. */
  async word(field: string, _: AbortSignal): Promise<string> {
    if (this.#failure) throw this.#failure;
    const word = this.#fields.get(field);
    if (word !== undefined && isMeasured(field, word)) return word;
    throw new MapperError(
      "DEVICE_IO",
      word === undefined ? `it says nothing about ${field}` : `${field}: its sensor says ${word}`,
    );
  }

  /** What it says there from now on, whenever that changes. */
  async *words(field: string, signal: AbortSignal): AsyncIterable<string> {
    for await (const changed of this.#changes.values({ signal })) {
      const word = changed.get(field);
      if (word !== undefined && isMeasured(field, word)) yield word;
    }
  }

  /** Tells the purifier what to do; resolves when it says that it does. A refusal is silence. */
  async set(data: Readonly<Record<string, string>>, field: string, signal: AbortSignal): Promise<void> {
    if (this.#failure) throw this.#failure;
    const wanted = data[field];
    await this.#until(
      [field],
      signal,
      () => this.#send({ msg: "STATE-SET", "mode-reason": "LAPP", data }, signal),
      (word) => word === wanted,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const release of this.#release.splice(0)) release();
    this.#fail(new MapperError("DEVICE_ABORTED", `the conversation with ${this.#parts.serial} is over`));
  }

  #send(message: object, signal: AbortSignal): Promise<void> {
    const time = new Date(this.#parts.clock.now()).toISOString().replace(/\.\d+/, "");
    const payload = JSON.stringify({ ...message, time });
    return this.#parts.link.publish({ topic: `${this.#topic}/command`, payload, qos: 1 }, signal);
  }

  /** Acts, and waits until every field says what it should. */
  async #until(
    names: readonly string[],
    signal: AbortSignal,
    act: () => Promise<void>,
    holds = (_: string) => true,
  ): Promise<void> {
    const limit = new AbortController();
    const late = () => limit.abort();
    signal.addEventListener("abort", late, { once: true });
    using _ = this.#parts.clock.after(patienceMs, late);
    const open = new Set(names);
    const changes = this.#changes.values({ signal: limit.signal })[Symbol.asyncIterator]();
    try {
      let next = changes.next(); // listening before it is asked
      next.catch(() => {}); // when acting fails, nobody waits for it
      await act();
      for (let change = await next; !change.done; change = await next) {
        for (const [name, word] of change.value) if (holds(word)) open.delete(name);
        if (open.size === 0) return;
        next = changes.next();
      }
    } finally {
      signal.removeEventListener("abort", late);
      await changes.return?.();
    }
    signal.throwIfAborted();
    const said = [...open].map((name) => `${name} is ${this.#fields.get(name) ?? "unknown"}`).join(", ");
    throw new MapperError("DEVICE_IO", `the purifier did not do it within ${patienceMs / 1000} s: ${said}`);
  }

  #hear(payload: Buffer): void {
    const changed = fieldsOf(payload);
    for (const [name, word] of changed) this.#fields.set(name, word);
    if (changed.size > 0) this.#changes.push(changed);
  }

  #fail(reason: Error): void {
    this.#failure ??= reason;
    this.#changes.fail(this.#failure);
  }
}

/** The sensors say OFF while they are switched off and INIT while they warm up. */
const isMeasured = (field: string, word: string): boolean => !/act$/.test(field) || /^\d+$/.test(word);

/** The fields of a message; in a STATE-CHANGE each is a pair of what was and what is. */
function fieldsOf(payload: Buffer): ReadonlyMap<string, string> {
  let message: { readonly msg?: unknown; readonly "product-state"?: object; readonly data?: object };
  try {
    message = JSON.parse(payload.toString());
  } catch {
    return new Map(); // half a message of a device whose firmware we do not know
  }
  const isState = message.msg === "CURRENT-STATE" || message.msg === "STATE-CHANGE";
  const said = isState
    ? message["product-state"]
    : message.msg === "ENVIRONMENTAL-CURRENT-SENSOR-DATA"
      ? message.data
      : {};
  return new Map(
    Object.entries(said ?? {}).flatMap(([name, word]: [string, unknown]) => {
      const now = Array.isArray(word) ? word[1] : word;
      return typeof now === "string" ? [[name, now]] : [];
    }),
  );
}
