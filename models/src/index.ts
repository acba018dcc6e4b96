export type { Device, DeviceModel, DeviceStatus } from "./v1beta1.ts";
export { decodeValue, encodeValue } from "./values/encoded.ts";
export { formatText } from "./values/format-text.ts";
export { fromJson, toJson } from "./values/json.ts";
export { parseText } from "./values/parse-text.ts";
