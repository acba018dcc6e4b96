import { MapperError } from "../errors.ts";
import type { Codec } from "./codec.ts";

/** `dataConverter` of a visitor of KubeEdge's bluetooth protocol. */
export interface KubeEdgeBleConverter {
  readonly startIndex: number;
  /** Below `startIndex` the bytes are taken in reverse. */
  readonly endIndex: number;
  readonly shiftLeft?: number | undefined;
  /** Not used when `shiftLeft` is. */
  readonly shiftRight?: number | undefined;
  readonly orderOfOperations?: readonly KubeEdgeOperation[] | undefined;
}

/** One step of the arithmetic after the shift. */
export interface KubeEdgeOperation {
  readonly operationType: "Add" | "Subtract" | "Multiply" | "Divide";
  readonly operationValue: number;
}

const operations: Readonly<Record<KubeEdgeOperation["operationType"], (left: number, right: number) => number>> = {
  Add: (left, right) => left + right,
  Subtract: (left, right) => left - right,
  Multiply: (left, right) => left * right,
  Divide: (left, right) => left / right,
};

/**
 * Decodes as KubeEdge's mappers-go ble driver does, for devices whose manifests rely on it: the decimal digits of the
 * bytes are strung together, so that [40, 12] from 1 to 0 is 1240 and not 0x0c28; then one shift, then the operations
 * in order. A short packet is an error here and crashed there. It only reads.
 * @throws MapperError `CONFIG_INVALID` when it divides by zero.
 */
export function kubeEdgeBleCodec(converter: KubeEdgeBleConverter): Codec {
  const { startIndex, endIndex, shiftLeft = 0, shiftRight = 0, orderOfOperations = [] } = converter;
  if (orderOfOperations.some((step) => step.operationType === "Divide" && step.operationValue === 0))
    throw new MapperError("CONFIG_INVALID", "orderOfOperations: divides by 0");
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
      let digits = "";
      for (let index = startIndex; index !== endIndex + step; index += step) digits += bytes[from + index];
      let raw = BigInt(digits);
      if (raw >= 2n ** 64n) throw new MapperError("DEVICE_IO", `the device sent ${digits}, which 64 bits cannot hold`);
      raw = shiftLeft > 0 ? BigInt.asUintN(64, raw << BigInt(shiftLeft)) : raw >> BigInt(shiftRight);
      return orderOfOperations.reduce(
        (value, { operationType, operationValue }) => operations[operationType](value, operationValue),
        Number(raw),
      );
    },
    encode() {
      throw new MapperError(
        "VALUE_INVALID",
        'KubeEdge\'s "dataConverter" cannot write; give the visitor a type such as u16',
      );
    },
  };
}
