/** Nobody answered in time. */
export class SilenceError extends Error {
  override readonly name = "SilenceError";

  constructor(triedTimes: number, timeoutMs: number) {
    const times = triedTimes === 1 ? "" : `, asked ${triedTimes} times`;
    super(`no answer within ${timeoutMs} ms${times}`);
  }
}
