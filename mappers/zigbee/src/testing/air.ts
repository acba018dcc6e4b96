/** What may go wrong between the coordinator and its devices, and in the dongle itself. Zero and false: nothing does. */
export class Air {
  /** How long a frame or an answer takes. */
  latencyMs = 3;
  /** So many requests to devices are lost next: no acknowledge comes back. */
  loseRequests = 0;
  /** So many answers and reports of devices are lost next: the request arrived. */
  loseAnswers = 0;
  /** Answers of devices come this much later. */
  answersLateMs = 0;
  /** So many requests are refused next because the dongle's buffers are full. */
  fullBuffers = 0;
  /** The share of frames, each way, that are lost at random. */
  loss = 0;
  /** The dongle takes everything and answers nothing. */
  isMute = false;
  readonly #random: () => number;

  constructor(random: () => number = () => 1) {
    this.#random = random;
  }

  /** Whether this request is lost. */
  takesRequest(): boolean {
    if (this.loseRequests > 0) {
      this.loseRequests--;
      return true;
    }
    return this.#random() < this.loss;
  }

  /** Whether this answer or report is lost. */
  takesAnswer(): boolean {
    if (this.loseAnswers > 0) {
      this.loseAnswers--;
      return true;
    }
    return this.#random() < this.loss;
  }

  /** Whether the dongle has no room for this request. */
  isFull(): boolean {
    if (this.fullBuffers === 0) return false;
    this.fullBuffers--;
    return true;
  }

  /** All is well again. */
  clear(): void {
    this.loseRequests = 0;
    this.loseAnswers = 0;
    this.answersLateMs = 0;
    this.fullBuffers = 0;
    this.loss = 0;
    this.isMute = false;
  }
}
