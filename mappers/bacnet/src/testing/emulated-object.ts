import type { AppValue } from "../client/app-value.ts";
import { type StatusFlag, statusFlagNames } from "../cov/object-state.ts";
import type { ObjectId } from "../names/object-types.ts";
import { propertyIds } from "../names/properties.ts";
import { lowestPriority, PriorityArray } from "./priority-array.ts";
import { ServiceError } from "./service-error.ts";

/** How an object of the emulator is made. */
export interface ObjectParts {
  readonly id: ObjectId;
  readonly name: string;
  readonly value: AppValue;
  /** Whether others command it; it has priorities then. */
  readonly isCommandable: boolean;
  /** Whether a value may be written. */
  readonly accepts: (value: AppValue) => boolean;
  /** COV_Increment of an analog object. */
  readonly increment?: number;
  /** Further properties, read only, by identifier. Arrays have an index. */
  readonly more?: Readonly<Record<number, AppValue | readonly AppValue[]>>;
}

/** Written to an object, by whom it was noted. */
export interface Command {
  readonly value: AppValue;
  readonly priority: number | undefined;
}

const { "present-value": presentValue, "priority-array": priorityArray, "status-flags": statusFlags } = propertyIds;

/** One object with the properties that the standard demands of its type (ASHRAE 135 clause 12). */
export class EmulatedObject {
  readonly id: ObjectId;
  readonly name: string;
  readonly increment: number | undefined;
  /** What was written to its present value, in order. */
  readonly commands: Command[] = [];
  readonly flags: Record<StatusFlag, boolean> = {
    "in-alarm": false,
    fault: false,
    overridden: false,
    "out-of-service": false,
  };
  readonly #parts: ObjectParts;
  readonly #priorities: PriorityArray | undefined;
  readonly #listeners = new Set<() => void>();
  #value: AppValue;

  constructor(parts: ObjectParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.name = parts.name;
    this.increment = parts.increment;
    this.#value = parts.value;
    if (parts.isCommandable) this.#priorities = new PriorityArray(parts.value);
  }

  get value(): AppValue {
    return this.#priorities?.presentValue ?? this.#value;
  }

  /** The slots of a commandable object, from priority 1 on. */
  get slots(): readonly AppValue[] {
    return this.#priorities?.slots ?? [];
  }

  /** Calls `listener` when the value or a flag may have changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** What its sensor shows from now on. */
  become(value: AppValue): void {
    if (this.#priorities) this.#priorities.relinquishDefault = value;
    else this.#value = value;
    this.#changed();
  }

  /** Another one than us commands it, e.g. the program of the building. */
  command(priority: number, value: AppValue): void {
    this.#priorities?.command(priority, value);
    this.#changed();
  }

  flag(name: StatusFlag, on: boolean): void {
    this.flags[name] = on;
    this.#changed();
  }

  /** Forgets its commands, as a device does that was without power. */
  restart(): void {
    this.#priorities?.slots.fill({ tag: "null" });
  }

  /** Values of a property or one element. @throws ServiceError */
  read(property: number, index?: number): readonly AppValue[] {
    const found = this.#find(property);
    if (found === undefined) throw new ServiceError("unknownProperty");
    if (index === undefined) return found.values;
    if (!found.isArray) throw new ServiceError("notAnArray");
    if (index === 0) return [{ tag: "unsigned", value: found.values.length }];
    const element = found.values[index - 1];
    if (!element) throw new ServiceError("invalidArrayIndex");
    return [element];
  }

  /** Writes its present value (15.9). @throws ServiceError */
  write(property: number, value: AppValue, priority?: number): void {
    if (this.#find(property) === undefined) throw new ServiceError("unknownProperty");
    if (property !== presentValue) throw new ServiceError("writeAccessDenied");
    if (value.tag !== "null" || !this.#priorities) {
      if (value.tag !== this.#value.tag) throw new ServiceError("invalidDataType");
      if (!this.#parts.accepts(value)) throw new ServiceError("valueOutOfRange");
    }
    if (priority !== undefined && (priority < 1 || priority > lowestPriority))
      throw new ServiceError("valueOutOfRange");
    if (!this.#priorities) throw new ServiceError("writeAccessDenied");
    this.commands.push({ value, priority });
    this.#priorities.command(priority ?? lowestPriority, value);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #find(property: number): { readonly values: readonly AppValue[]; readonly isArray: boolean } | undefined {
    const single = (value: AppValue) => ({ values: [value], isArray: false });
    switch (property) {
      case propertyIds["object-identifier"]:
        return single({ tag: "object-id", value: this.id });
      case propertyIds["object-name"]:
        return single({ tag: "character-string", value: this.name });
      case propertyIds["object-type"]:
        return single({ tag: "enumerated", value: this.id.type });
      case presentValue:
        return single(this.value);
      case statusFlags:
        return single({ tag: "bit-string", value: statusFlagNames.map((name) => this.flags[name]) });
      case propertyIds["out-of-service"]:
        return single({ tag: "boolean", value: this.flags["out-of-service"] });
      case propertyIds["cov-increment"]:
        return this.increment === undefined ? undefined : single({ tag: "real", value: this.increment });
      case priorityArray:
        return this.#priorities && { values: this.#priorities.slots, isArray: true };
      case propertyIds["relinquish-default"]:
        return this.#priorities && single(this.#priorities.relinquishDefault);
      default: {
        const more = this.#parts.more?.[property];
        if (more === undefined) return undefined;
        return Array.isArray(more) ? { values: more as readonly AppValue[], isArray: true } : single(more as AppValue);
      }
    }
  }
}
