import { MapperError } from "../../errors.ts";
import { linkSignals } from "../../linked-signal.ts";
import type { Device } from "../../mapper.ts";

/** More devices than any board drives; beyond it something opens and never closes. */
const mostSessions = 4096;

/** One device that the agent has opened, or is opening, through this process. */
export class Session {
  readonly #closing = new AbortController();
  readonly #link: ReturnType<typeof linkSignals>;
  /** Passes of readings under way; one whose `goOn` is false leaves the rest for another time. */
  readonly passes = new Map<string, { goOn: boolean }>();
  /** Resolves when everything is released; rejects with what could not be. */
  readonly released: Promise<void>;
  readonly #settle: { resolve: () => void; reject: (error: unknown) => void };
  device: Device | undefined;

  /** @param stream aborts when the caller leaves or its connection ends. */
  constructor(stream: AbortSignal) {
    this.#link = linkSignals(stream, this.#closing.signal);
    let settle = { resolve() {}, reject(_: unknown) {} };
    this.released = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.released.catch(() => undefined); // told to whoever closes it; nobody has to
    this.#settle = settle;
  }

  /** Aborts when the device is to be closed, for whatever reason. */
  get signal(): AbortSignal {
    return this.#link.signal;
  }

  /** Resolves when the device is to be closed. */
  get closing(): Promise<void> {
    const { signal } = this;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  close(): void {
    this.#closing.abort(new MapperError("DEVICE_ABORTED", "the device is closed"));
  }

  /** Releases the device, if there is one, and tells whoever waits for it. */
  async release(): Promise<void> {
    try {
      await this.device?.[Symbol.asyncDispose]();
      this.#settle.resolve();
    } catch (error) {
      this.#settle.reject(error);
      throw error;
    } finally {
      this.#link[Symbol.dispose]();
    }
  }
}

/** The devices that are open in this process, by the name their opener chose. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** @throws MapperError `DEVICE_BUSY` when the name is taken, or too many devices are open. */
  begin(id: string, stream: AbortSignal): Session {
    if (this.#sessions.has(id)) throw new MapperError("DEVICE_BUSY", `session ${JSON.stringify(id)} is open already`);
    if (this.#sessions.size >= mostSessions)
      throw new MapperError("DEVICE_BUSY", `${mostSessions} devices are open in this process, which is all it holds`);
    const session = new Session(stream);
    this.#sessions.set(id, session);
    return session;
  }

  end(id: string): void {
    this.#sessions.delete(id);
  }

  find(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** @throws MapperError `DEVICE_ABORTED` when it is closed, or not open yet. */
  device(id: string): Device {
    const device = this.#sessions.get(id)?.device;
    if (!device) throw new MapperError("DEVICE_ABORTED", "the device is not open");
    return device;
  }

  /** Closes all and waits for it; what could not be released is told by whoever opened them. */
  async closeAll(): Promise<void> {
    const all = [...this.#sessions.values()];
    for (const session of all) session.close();
    await Promise.allSettled(all.map(({ released }) => released));
  }
}
