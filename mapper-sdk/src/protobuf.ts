export { Reader } from "./dmi/wire/reader.ts";
export { type WireType, Writer, wireTypes } from "./dmi/wire/writer.ts";
