import { didYouMean, type Model } from "@edgetwin/mapper-sdk";
import type { Device, DeviceModel } from "@edgetwin/models";
import { type Catalogue, type MapperSource, type Offer, offerOf, type Part } from "./catalogue.ts";

/** Who serves a device. */
export type Choice =
  | { readonly kind: "part"; readonly part: Part; readonly source: string }
  /** Somebody who does not run now; comes back by itself. */
  | { readonly kind: "away"; readonly protocol: string; readonly reason: string; readonly source?: string }
  | { readonly kind: "none"; readonly reason: string };

/** Whether two choices lead to the same plan for the same manifest. */
export function sameChoice(a: Choice | undefined, b: Choice | undefined): boolean {
  if (a?.kind !== b?.kind) return false;
  if (a?.kind === "part") return a.part === (b as typeof a).part;
  return a === b || a?.reason === (b as { reason: string }).reason;
}

/** The name of the mapper that was chosen, where there is one. */
export const sourceOf = (choice: Choice | undefined): { readonly source?: string } =>
  choice === undefined || choice.kind === "none" || choice.source === undefined ? {} : { source: choice.source };

/** Chooses who serves a device of `model`: a mapper made for the model before a protocol, and the first of equals. */
export function chooseMapper(device: Device, deviceModel: DeviceModel, model: Model, catalogue: Catalogue): Choice {
  const sources = catalogue.sources();
  const wanted = device.spec.protocol?.protocolName || deviceModel.spec.protocol || "";
  const offering = (matches: (offer: Offer) => boolean) => sources.find(({ offers }) => offers.some(matches));
  const typed = (offer: Offer) => offer.model === model.name && (wanted === "" || offer.protocol === wanted);
  const generic = (offer: Offer) => offer.model === undefined && wanted !== "" && offer.protocol === wanted;
  const forModel = offering(typed);
  if (forModel) return from(forModel, typed, wanted);
  const forProtocol = offering(generic);
  if (forProtocol) return from(forProtocol, generic, wanted);
  const starting = sources.filter(({ state, offers }) => state === "starting" && offers.length === 0);
  if (starting.length > 0) {
    const reason = `its mapper is not known yet: ${starting.map(({ name }) => name).join(", ")} is still starting`;
    return { kind: "away", protocol: wanted, reason };
  }
  return { kind: "none", reason: `${whyNone(wanted, model, sources)}${notLoaded(sources)}` };
}

function from(source: MapperSource, matches: (offer: Offer) => boolean, wanted: string): Choice {
  const { name, state, parts, offers, reason } = source;
  const part = parts.find((candidate) => matches(offerOf(candidate)));
  if (part) return { kind: "part", part, source: name };
  const protocol = wanted || (offers.find(matches)?.protocol ?? "");
  const why = reason === undefined ? "" : `: ${reason}`;
  if (state === "failed") return { kind: "none", reason: `its mapper ${name} does not load${why}` };
  return { kind: "away", protocol, reason: `its mapper ${name} is not running${why}`, source: name };
}

function whyNone(wanted: string, model: Model, sources: readonly MapperSource[]): string {
  const offers = sources.flatMap((source) => source.offers);
  if (wanted === "") return `no protocol is named, and no installed mapper is made for the model ${model.name}`;
  const made = offers.find((offer) => offer.model === model.name);
  if (made) return `the mapper for ${model.name} speaks ${made.protocol}, but the manifest names ${wanted}`;
  const known = [...new Set(offers.map(({ protocol }) => protocol))];
  return `no installed mapper speaks ${wanted}${didYouMean(wanted, known)}`;
}

/** A package that does not load may be the one that is missed; more than a few would only hide the rest. */
function notLoaded(sources: readonly MapperSource[]): string {
  const failed = sources.filter(({ state, offers }) => state === "failed" && offers.length === 0);
  if (failed.length === 0) return "";
  const shown = failed.slice(0, 3).map(({ name, reason = "" }) => `${name} (${reason})`);
  const more = failed.length > 3 ? ` and ${failed.length - 3} more` : "";
  return `; what does not load: ${shown.join(", ")}${more}`;
}
