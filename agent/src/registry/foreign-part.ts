import type { Protocol } from "@edgetwin/mapper-sdk";
import type { Device } from "@edgetwin/models";
import type { Part } from "./catalogue.ts";

/** A mapper of KubeEdge behind its own gRPC: it gets whole Devices, whatever their visitors say. */
export interface ForeignPart extends Protocol {
  readonly foreign: true;
  /** How long it may take until a value that was written is reported, in milliseconds. */
  patienceMs(device: Device): number;
}

/** Whether `part` is a mapper of KubeEdge. */
export const isForeign = (part: Part): part is ForeignPart => "foreign" in part && part.foreign === true;
