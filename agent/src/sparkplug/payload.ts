import type { PropertyType, Value } from "@edgetwin/mapper-sdk";
import { Reader, Writer, wireTypes } from "@edgetwin/mapper-sdk/protobuf";

/** Data types of Sparkplug B 3.0, 6.4.16, as far as they are used here. */
export const dataTypes = { Int64: 4, UInt64: 8, Float: 9, Double: 10, Boolean: 11, String: 12, Bytes: 17 } as const;
export type DataType = (typeof dataTypes)[keyof typeof dataTypes];

/** What a property of ours is there. */
export const dataTypeOf: Readonly<Record<PropertyType, DataType>> = {
  ...{ INT: dataTypes.Int64, FLOAT: dataTypes.Float, DOUBLE: dataTypes.Double },
  ...{ BOOLEAN: dataTypes.Boolean, STRING: dataTypes.String, BYTES: dataTypes.Bytes },
};

/** One value on its way (Sparkplug B 3.0, 6.4.6). */
export interface Metric {
  /** In births; later the alias says which one it is. */
  readonly name?: string;
  readonly alias?: number;
  /** Wall-clock milliseconds of the reading. */
  readonly timestamp?: number;
  readonly datatype?: DataType;
  /** Null when there is none. */
  readonly value: Value | null;
  /** What belongs to it, such as `engUnit` and `readOnly`. */
  readonly properties?: Readonly<Record<string, string | boolean | number>>;
}

/** A message: metrics, with the place of the message in the sequence of its edge node. */
export interface Payload {
  readonly timestamp: number;
  readonly metrics: readonly Metric[];
  readonly seq?: number;
}

/** The quality codes of Sparkplug B 3.0, 6.4.11. */
export const qualities = { good: 192, stale: 500, bad: 0 } as const;

/** Writes what `fill` puts into a message inside the message. */
function nested(writer: Writer, number: number, fill: (inner: Writer) => void): void {
  const inner = new Writer();
  fill(inner);
  writer.tag(number, wireTypes.lengthDelimited);
  writer.delimited(inner.finish());
}

// proto2: a zero that is not written is no zero but nothing.
const varint = (writer: Writer, number: number, value: number | bigint) => {
  writer.tag(number, wireTypes.varint);
  writer.varint64(BigInt(value));
};
const text = (writer: Writer, number: number, value: string) => {
  writer.tag(number, wireTypes.lengthDelimited);
  writer.text(value);
};

/** The bytes of a message (`sparkplug_b.proto`). */
export function encodePayload({ timestamp, metrics, seq }: Payload): Buffer {
  const writer = new Writer();
  varint(writer, 1, timestamp);
  for (const metric of metrics) nested(writer, 2, (inner) => writeMetric(inner, metric));
  if (seq !== undefined) varint(writer, 3, seq);
  return writer.finish();
}

function writeMetric(writer: Writer, { name, alias, timestamp, datatype, value, properties }: Metric): void {
  if (name !== undefined) text(writer, 1, name);
  if (alias !== undefined) varint(writer, 2, alias);
  if (timestamp !== undefined) varint(writer, 3, timestamp);
  if (datatype !== undefined) varint(writer, 4, datatype);
  if (value === null) varint(writer, 7, 1);
  if (properties) nested(writer, 9, (inner) => writeProperties(inner, properties));
  if (value === null) return;
  if (typeof value === "bigint") varint(writer, 11, value);
  else if (typeof value === "boolean") varint(writer, 14, value ? 1 : 0);
  else if (typeof value === "string") text(writer, 15, value);
  else if (value instanceof Uint8Array) {
    writer.tag(16, wireTypes.lengthDelimited);
    writer.delimited(value);
  } else if (datatype === dataTypes.Float) {
    writer.tag(12, wireTypes.fixed32);
    writer.float(value);
  } else {
    writer.tag(13, wireTypes.fixed64);
    writer.double(value);
  }
}

/** PropertySet: all keys, then all values in the same order. */
function writeProperties(writer: Writer, properties: NonNullable<Metric["properties"]>): void {
  for (const name of Object.keys(properties)) text(writer, 1, name);
  for (const value of Object.values(properties))
    nested(writer, 2, (inner) => {
      if (typeof value === "string") {
        varint(inner, 1, dataTypes.String);
        text(inner, 8, value);
      } else if (typeof value === "boolean") {
        varint(inner, 1, dataTypes.Boolean);
        varint(inner, 7, value ? 1 : 0);
      } else {
        varint(inner, 1, 3); // Int32, as the quality code is
        varint(inner, 3, value);
      }
    });
}

/** What a command says of one metric; which of the fields it used depends on its sender. */
export interface CommandedMetric {
  readonly name?: string;
  readonly alias?: number;
  readonly datatype?: number;
  readonly value?: number | bigint | boolean | string | Uint8Array;
}

/** The metrics of a command. @throws MapperError `DEVICE_IO` when the bytes are no message. */
export function decodeCommand(bytes: Uint8Array): readonly CommandedMetric[] {
  const reader = new Reader(bytes);
  const metrics: CommandedMetric[] = [];
  while (!reader.done) {
    const { number, wireType } = reader.tag();
    if (number === 2 && wireType === wireTypes.lengthDelimited) metrics.push(reader.nested(readMetric));
    else reader.skip(number, wireType);
  }
  return metrics;
}

function readMetric(reader: Reader): CommandedMetric {
  const metric: { -readonly [K in keyof CommandedMetric]: CommandedMetric[K] } = {};
  while (!reader.done) {
    const { number, wireType } = reader.tag();
    const key = `${number} ${wireType}`;
    if (key === "1 2") metric.name = reader.text();
    else if (key === "2 0") metric.alias = Number(reader.varint64());
    else if (key === "4 0") metric.datatype = Number(reader.varint64());
    else if (key === "10 0") metric.value = reader.varint64();
    else if (key === "11 0") metric.value = reader.varint64();
    else if (key === "12 5") metric.value = reader.float();
    else if (key === "13 1") metric.value = reader.double();
    else if (key === "14 0") metric.value = reader.varint64() !== 0n;
    else if (key === "15 2") metric.value = reader.text();
    else if (key === "16 2") metric.value = reader.bytes();
    else reader.skip(number, wireType);
  }
  return signed(metric);
}

/** Int8 to Int64 travel as the unsigned number of the same bits. */
function signed(metric: CommandedMetric): CommandedMetric {
  const { value, datatype = 0 } = metric;
  if (typeof value !== "bigint" || datatype < 1 || datatype > 4) return metric;
  return { ...metric, value: BigInt.asIntN(datatype === 4 ? 64 : 32, value) };
}
