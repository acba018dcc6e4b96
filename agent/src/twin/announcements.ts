/**
 * What is told once control had its turn: answers, and everything that only wants to know of a change. Under load telling
 * costs more than acting: of sixty-four changes that reached the card together, the last would wait for the news of all
 * others. Of one subject the order is kept, and nothing more happens to it before its news is out.
 */
export class Announcements<Subject> {
  readonly #waiting = new Map<Subject, () => void>();
  #scheduled = false;

  /** Tells what waits about `subject` now: something else is about to happen to it. */
  flush(subject: Subject): void {
    const tell = this.#waiting.get(subject);
    if (!tell) return;
    this.#waiting.delete(subject);
    tell();
  }

  /** `tell` runs with the next `flush` of the subject, at the latest in the next turn of the event loop; it does not throw. */
  add(subject: Subject, tell: () => void): void {
    this.flush(subject);
    this.#waiting.set(subject, tell);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const waiting of [...this.#waiting.keys()]) this.flush(waiting);
    });
  }
}
