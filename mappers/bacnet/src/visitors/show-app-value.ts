import type { AppValue } from "../client/app-value.ts";
import { showObjectId } from "../names/object-types.ts";

/** A value as people read it. */
export function showAppValue(value: AppValue): string {
  switch (value.tag) {
    case "null":
      return "NULL";
    case "constructed":
      return "(constructed)";
    case "object-id":
      return showObjectId(value.value);
    case "octet-string":
      return `0x${Buffer.from(value.value).toString("hex")}`;
    case "bit-string":
      return value.value.map((bit) => (bit ? "1" : "0")).join("");
    default:
      return String(value.value);
  }
}
