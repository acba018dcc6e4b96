/** A device that is open, whichever way its values come. */
export interface BleSession {
  /** Rejects with MapperError when there is no value. */
  read(name: string, signal: AbortSignal): Promise<unknown>;
  /** By name a value, or the Error that kept it. */
  readMany(names: readonly string[], options: ReadManyOptions): Promise<Record<string, unknown>>;
  write(name: string, value: unknown, signal: AbortSignal): Promise<void>;
  /** The values that the device pushes for a property; undefined when it has to be asked. */
  watch(name: string, signal: AbortSignal): AsyncIterable<unknown> | undefined;
}

/** How several properties are read. */
export interface ReadManyOptions {
  readonly signal: AbortSignal;
  /** Asked between two requests; false leaves the rest for another time. */
  goOn(): boolean;
}
