import { MapperError } from "@edgetwin/mapper-sdk";
import type { Codec, KubeEdgeBleConverter } from "@edgetwin/mapper-sdk/codecs";

const arithmetic = {
  Add: (left: number, right: number) => left + right,
  Subtract: (left: number, right: number) => left - right,
  Multiply: (left: number, right: number) => left * right,
  Divide: (left: number, right: number) => left / right,
} as const;

/**
 * `dataConverter` as KubeEdge documents it: the bytes from `startIndex` to `endIndex`, the first the most significant, are
 * one number (from a higher to a lower index for devices that send the least significant first); then one shift, then the
 * operations in order. What its mapper made of the bytes instead is `decoder: kubeedge-legacy`.
 * @throws MapperError `CONFIG_INVALID` for more than eight bytes, and when it divides by zero.
 */
export function documentedConverter(converter: KubeEdgeBleConverter): Codec {
  const { startIndex, endIndex, shiftLeft = 0, shiftRight = 0, orderOfOperations = [] } = converter;
  const count = Math.abs(endIndex - startIndex) + 1;
  if (count > 8)
    throw new MapperError("CONFIG_INVALID", `dataConverter.endIndex: ${count} bytes are more than the 8 of a number`);
  if (orderOfOperations.some((step) => step.operationType === "Divide" && step.operationValue === 0))
    throw new MapperError("CONFIG_INVALID", "dataConverter.orderOfOperations: divides by 0");
  const byteLength = Math.max(startIndex, endIndex) + 1;
  const step = startIndex <= endIndex ? 1 : -1;
  return {
    byteLength,
    kind: "number",
    whole: false,
    partial: true,
    decode(bytes, from = 0) {
      if (bytes.length - from < byteLength)
        throw new MapperError(
          "DEVICE_IO",
          `the device sent ${bytes.length - from} bytes where ${byteLength} were expected`,
        );
      let raw = 0n;
      for (let at = startIndex; at !== endIndex + step; at += step)
        raw = (raw << 8n) | BigInt(bytes[from + at] as number);
      raw = shiftLeft > 0 ? BigInt.asUintN(64, raw << BigInt(shiftLeft)) : raw >> BigInt(shiftRight);
      return orderOfOperations.reduce(
        (value, { operationType, operationValue }) => arithmetic[operationType](value, operationValue),
        Number(raw),
      );
    },
    encode() {
      throw new MapperError(
        "VALUE_INVALID",
        'KubeEdge\'s "dataConverter" cannot write; give the visitor a "dataWrite"',
      );
    },
  };
}
