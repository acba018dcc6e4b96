import type { TwinJson } from "../api/twin-json.ts";
import { byText, withUnit } from "./twin-text.ts";

/**
 * What happened to a property between two sights of it, as short sentences in the order of cause and effect; none when
 * only its age changed.
 */
export function changesOfTwin(before: TwinJson | undefined, after: TwinJson): string[] {
  const lines: string[] = [];
  const { desired, phase, reason, reported } = after;
  const isNewDesired = desired !== undefined && desired.version !== before?.desired?.version;
  if (isNewDesired) {
    lines.push(`desired ${withUnit(desired.value, after)} (version ${desired.version}) by ${byText(desired.by)}`);
  } else if (before?.desired && !desired) {
    lines.push("desired value withdrawn");
  }
  const phaseChanged = phase !== before?.phase || reason !== before?.reason || isNewDesired;
  // A new desired value is pending first; that goes without saying.
  if (phase !== undefined && phaseChanged && !(isNewDesired && phase === "pending" && reason === undefined)) {
    lines.push(reason === undefined ? phase : `${phase}: ${reason}`);
  }
  if (reported && reported.version !== before?.reported?.version) {
    const doubt = reported.quality === "good" ? "" : ` (${qualityWords(reported)})`;
    lines.push(`reported ${withUnit(reported.value, after)}${doubt}`);
  } else if (reported && reported.quality !== before?.reported?.quality) {
    lines.push(`quality ${qualityWords(reported)}`);
  }
  return lines;
}

const qualityWords = ({ quality, reason }: NonNullable<TwinJson["reported"]>): string =>
  reason === undefined ? quality : `${quality}: ${reason}`;
