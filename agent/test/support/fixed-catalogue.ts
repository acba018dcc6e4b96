import { silentLog } from "@edgetwin/mapper-sdk";
import { MapperCatalogue, type Part } from "../../src/registry/catalogue.ts";

/** A catalogue that has `parts` from the start. */
export function fixedCatalogue(...parts: readonly Part[]): MapperCatalogue {
  const catalogue = new MapperCatalogue(silentLog);
  catalogue.announce("test");
  catalogue.attach("test", parts);
  return catalogue;
}
