/** What is used of bacstack, which has no types of its own. */
declare module "bacstack" {
  import type { EventEmitter } from "node:events";

  type Answered<T = unknown> = (error: Error | null | undefined, result: T) => void;
  interface Id {
    readonly type: number;
    readonly instance: number;
  }

  // biome-ignore lint/style/noDefaultExport: that is how the library exports it
  export default class Client extends EventEmitter {
    constructor(options: { readonly transport: EventEmitter; readonly apduTimeout: number });
    whoIs(options: { readonly lowLimit: number; readonly highLimit: number }): void;
    readProperty(
      address: string,
      object: Id,
      property: number,
      options: { readonly invokeId: number; readonly arrayIndex?: number },
      answered: Answered<{ readonly values: readonly { readonly type: number; readonly value: unknown }[] }>,
    ): void;
    readPropertyMultiple(
      address: string,
      specifications: readonly unknown[],
      options: { readonly invokeId: number },
      answered: Answered<{ readonly values: readonly never[] }>,
    ): void;
    writeProperty(
      address: string,
      object: Id,
      property: number,
      values: readonly unknown[],
      options: { readonly invokeId: number; readonly priority: number; readonly arrayIndex?: number },
      answered: Answered,
    ): void;
    subscribeCOV(
      address: string,
      object: Id,
      processId: number,
      cancel: boolean,
      confirmed: boolean,
      lifetimeSeconds: number,
      options: { readonly invokeId: number },
      answered: Answered,
    ): void;
  }
}
