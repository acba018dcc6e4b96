import type { AppValue } from "../client/app-value.ts";

/** Slots of a commandable property (ASHRAE 135 19.2.1). */
const slots = 16;
/** What is written without a priority goes to the last slot (19.2.1). */
export const lowestPriority = slots;

/** The 16 slots of a commandable property: the first one that is not empty wins, else the relinquish default. */
export class PriorityArray {
  readonly slots: AppValue[] = Array.from({ length: slots }, () => ({ tag: "null" }));
  relinquishDefault: AppValue;

  constructor(relinquishDefault: AppValue) {
    this.relinquishDefault = relinquishDefault;
  }

  get presentValue(): AppValue {
    return this.slots.find(({ tag }) => tag !== "null") ?? this.relinquishDefault;
  }

  /** @param priority 1 to 16. */
  command(priority: number, value: AppValue): void {
    this.slots[priority - 1] = value;
  }
}
