import { showValue } from "@edgetwin/mapper-sdk";
import type { Colour, Output } from "@edgetwin/program/command-line";
import type { TwinJson } from "../api/twin-json.ts";

const phaseColours: Readonly<Record<string, Colour>> = {
  pending: "grey",
  applying: "yellow",
  applied: "blue",
  verified: "green",
  rejected: "red",
  failed: "red",
};

const qualityColours: Readonly<Record<string, Colour>> = { good: "green", stale: "yellow", bad: "red" };

/** The phase of a twin in its colour; `-` when nothing is desired. */
export const phaseText = (phase: string | undefined, output: Output): string =>
  phase === undefined ? "-" : output.paint(phaseColours[phase] ?? "grey", phase);

/** The quality of a reported value in its colour; `-` when nothing was reported. */
export const qualityText = (quality: string | undefined, output: Output): string =>
  quality === undefined ? "-" : output.paint(qualityColours[quality] ?? "grey", quality);

/** A value for a table: text as it is, `-` for none. */
export const cell = (value: string | number | boolean | bigint | undefined): string =>
  value === undefined ? "-" : String(value);

/** A value with the unit of its property, quoted when it is text. */
export const withUnit = (value: unknown, { unit }: Pick<TwinJson, "unit">): string =>
  unit === undefined ? showValue(value) : `${showValue(value)} ${unit}`;

/** Who stood in which door: `pi@lamp (command)`. */
export const byText = ({ actor, door }: { readonly actor: string; readonly door: string }): string =>
  `${actor} (${door})`;
