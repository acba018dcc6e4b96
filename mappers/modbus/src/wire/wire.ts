/** Unit identifier and protocol data unit: what all transports carry (Modbus application protocol 4.1), at most 254 bytes. */
export type Adu = Uint8Array;

/** An open connection to a bus or gateway. One exchange at a time. */
export interface Wire extends AsyncDisposable {
  /** Why it can no longer be used, once that is so. */
  readonly lost: Error | undefined;
  /**
   * Sends a request and resolves with the answer to it, which is from the same unit and of the same function, or an
   * exception. Everything else that arrives is dropped. Rejects with an {@link ExchangeError}.
   * @param timeoutMs counts from the moment the request has left.
   */
  exchange(request: Adu, timeoutMs: number): Promise<Adu>;
}

/**
 * `silent`: nothing came; `damaged`: something came that is no answer to this request; `lost`: the connection is gone,
 * now or for good.
 */
export type ExchangeFailure = "silent" | "damaged" | "lost";

/** What an exchange rejects with. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly failure: ExchangeFailure;

  constructor(failure: ExchangeFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Whether `answer` is from the unit and of the function that `request` asked. */
export const answers = (request: Adu, answer: Adu): boolean =>
  answer[0] === request[0] && ((answer[1] as number) & 0x7f) === request[1];

/** The start of what arrived, for messages. */
export const shown = (bytes: Uint8Array): string =>
  `0x${Buffer.from(bytes.subarray(0, 32)).toString("hex")}${bytes.length > 32 ? "…" : ""}`;
