import type { Output } from "@edgetwin/program/command-line";
import type { TwinJson } from "../api/twin-json.ts";
import type { TwinChangeJson } from "../api/watch-event.ts";
import { phaseText } from "./twin-text.ts";

/** Prints how far desired values get, each step once, whoever tells it: the watch or the answer to the request. */
export class PhasePrinter {
  readonly #names: ReadonlySet<string>;
  readonly #output: Output;
  readonly #printed = new Map<string, string>();

  constructor(names: readonly string[], output: Output) {
    this.#names = new Set(names);
    this.#output = output;
  }

  /** What was there before the request is not worth a line. */
  skip(twins: readonly TwinJson[]): void {
    for (const twin of twins) this.#printed.set(twin.propertyName, stepOf(twin));
  }

  print(twins: TwinChangeJson["properties"]): void {
    for (const twin of twins) {
      const { propertyName, phase, reason } = twin;
      if (!this.#names.has(propertyName) || phase === undefined) continue;
      const step = stepOf(twin);
      if (this.#printed.get(propertyName) === step) continue;
      this.#printed.set(propertyName, step);
      const why = reason === undefined ? "" : `: ${reason}`;
      this.#output.note(`${propertyName}: ${phaseText(phase, this.#output)}${why}`);
    }
  }
}

const stepOf = ({ version, phase, reason }: TwinJson): string => JSON.stringify([version, phase, reason]);
