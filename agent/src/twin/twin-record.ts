import type { DeviceId, DeviceShape, DeviceTwin, Health, Outcome, PropertyTwin, TwinChange } from "./types.ts";

interface View extends DeviceTwin {
  shape: DeviceShape;
  readonly twins: Map<string, PropertyTwin>;
  health: Health;
}

/** What happens to an event in the end. */
interface Ending {
  readonly finish: () => void;
  readonly fail: (error: unknown) => void;
}

interface Waiting extends Ending {
  readonly outcome: Outcome;
  writing: boolean;
}

/**
 * A device in two views: `head` is what events are judged by, ahead of the disk by what is being written; `stored` is
 * what everybody else sees, so that nothing is delivered or shown before the card has it.
 */
export class TwinRecord {
  readonly id: DeviceId;
  readonly uid: string;
  readonly #head: View;
  readonly #stored: View;
  readonly #waiting: Waiting[] = [];

  constructor({ id, uid, shape, twins, health }: DeviceTwin) {
    this.id = id;
    this.uid = uid;
    this.#head = { id, uid, shape, twins: new Map(twins), health };
    this.#stored = { id, uid, shape, twins: new Map(twins), health };
  }

  get head(): DeviceTwin {
    return this.#head;
  }

  get stored(): DeviceTwin {
    return this.#stored;
  }

  /** Moves the head on. */
  advance(outcome: Outcome): void {
    apply(this.#head, outcome);
  }

  /** Moves what others see on, after the card has it. */
  publish(outcome: Outcome): void {
    apply(this.#stored, outcome);
  }

  /** Counts refused attempts, so that the next cause does not take their place in the log. */
  rememberRefusals({ causes }: Outcome): void {
    for (const view of [this.#head, this.#stored]) {
      for (const { property } of causes) {
        const twin = view.twins.get(property);
        if (twin) view.twins.set(property, { ...twin, causes: twin.causes + 1 });
      }
    }
  }

  /**
   * Runs `finish` when `written` is done and everything enqueued before has finished; at once when there is nothing to
   * wait for. When writing this or an earlier one fails, the head goes back to what is stored: the store fails all
   * commits behind a failed one, so nothing that stays is built on it.
   */
  enqueue(outcome: Outcome, written: Promise<void> | undefined, { finish, fail }: Ending): void {
    if (written === undefined && this.#waiting.length === 0) return finish();
    const entry: Waiting = { outcome, finish, fail, writing: written !== undefined };
    this.#waiting.push(entry);
    written?.then(
      () => {
        entry.writing = false;
        this.#finishWritten();
      },
      (error: unknown) => this.#failFrom(entry, error),
    );
  }

  #finishWritten(): void {
    while (this.#waiting[0] && !this.#waiting[0].writing) this.#waiting.shift()?.finish();
  }

  #failFrom(entry: Waiting, error: unknown): void {
    const index = this.#waiting.indexOf(entry);
    if (index < 0) return;
    for (const { outcome, fail } of this.#waiting.splice(index)) {
      this.#rollBack(outcome.changes);
      fail(error);
    }
  }

  #rollBack(changes: readonly TwinChange[]): void {
    for (const { name } of changes) {
      const stored = this.#stored.twins.get(name);
      if (stored) this.#head.twins.set(name, stored);
      else this.#head.twins.delete(name);
    }
    this.#head.shape = this.#stored.shape;
    this.#head.health = this.#stored.health;
  }
}

function apply(view: View, { changes, health, shape, refreshed }: Outcome): void {
  for (const { name, after } of changes) {
    if (after) view.twins.set(name, after);
    else view.twins.delete(name);
  }
  if (health) view.health = health;
  if (shape) view.shape = shape;
  const names = refreshed?.names ?? [];
  for (let index = 0; index < names.length; index++)
    refresh(view.twins.get(names[index] as string), refreshed?.at ?? 0);
}

/** The one thing of a twin that moves in place: see `Outcome.refreshed`. */
function refresh(twin: PropertyTwin | undefined, at: number): void {
  if (twin?.reported) (twin.reported as { at: number }).at = at;
}
