import type { PropertyBuilder } from "@edgetwin/models";
import type { DesignedProperty } from "../design.ts";

/** How the device calls a property: one word. */
export const keyOf = ({ name }: DesignedProperty): string => encodeURIComponent(name);

/** Code of a handler that reads a property from its text. */
export function decoder({ kind, member }: DesignedProperty, model: string): string {
  switch (kind) {
    case "boolean":
      return 'async (call) => (await get(call)) === "true"';
    case "int":
    case "float":
    case "double":
      return "async (call) => Number(await get(call))";
    case "int64":
      return "async (call) => BigInt(await get(call))";
    case "string":
      return "async (call) => decodeURIComponent(await get(call))";
    case "oneOf":
      return `async (call) => ${model}.properties${member}.accept(await get(call))`;
    case "bytes":
      return 'async (call) => new Uint8Array(Buffer.from(await get(call), "hex"))';
  }
}

/** Code of the text of a value. */
export function encoder(kind: PropertyBuilder, value: string): string {
  switch (kind) {
    case "string":
      return `encodeURIComponent(${value})`;
    case "oneOf":
      return value;
    case "bytes":
      return `Buffer.from(${value}).toString("hex")`;
    default:
      return `String(${value})`;
  }
}

/** The same inside a template: what has a text of its own needs no conversion. */
export const inTemplate = (kind: PropertyBuilder, value: string): string =>
  kind === "string" || kind === "bytes" ? encoder(kind, value) : value;

/** Code of the value of a text, on the device's side. */
export function parser({ kind, member }: DesignedProperty, { text, model }: { text: string; model: string }): string {
  switch (kind) {
    case "boolean":
      return `${text} === "true"`;
    case "int":
    case "float":
    case "double":
      return `Number(${text})`;
    case "int64":
      return `BigInt(${text})`;
    case "string":
      return `decodeURIComponent(${text})`;
    case "oneOf":
      return `${model}.properties${member}.accept(${text})`;
    case "bytes":
      return `new Uint8Array(Buffer.from(${text}, "hex"))`;
  }
}
