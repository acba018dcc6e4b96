import type { Design } from "../design.ts";

/** A file of the new mapper: its path in the folder, and its text. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** How mappers of one protocol begin. A new protocol is a template and a row in `templates.ts`. */
export interface Template {
  /** As people choose it: `--protocol gpio`. */
  readonly protocol: string;
  /** What it is for, in a few words, for whoever is asked. */
  readonly summary: string;
  /** Properties to begin with when nobody names any, in their short form. */
  readonly example: readonly string[];
  /** Packages besides the SDK that the mapper imports, with their versions. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** @throws CreateError `PROTOCOL_INVALID` naming the property that the protocol cannot have, and what to do. */
  check(design: Design): void;
  /** `spec.protocol` of the manifests. */
  protocolName(design: Design): string;
  /** Texts of the TypeScript files. Without an emulator, the simulated board is all there is to emulate. */
  readonly mapper: (design: Design) => string;
  readonly emulator: (design: Design) => string | undefined;
  readonly test: (design: Design) => string;
  /** `configData` of the example device and of its properties; a property without one needs none. */
  connection(design: Design): Readonly<Record<string, unknown>> | undefined;
  visitors(design: Design): Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The part of the README that says how the device is reached, in Markdown. */
  wiring(design: Design): string;
}
