import type { InputOptions, OutputOptions } from "@edgetwin/mapper-sdk";
import { consumerLabel } from "../consumer-label.ts";
import { u32 } from "./struct.ts";
import { attributeIds, lineAttribute, lineConfig, lineConfigAttribute, lineFlags, lineRequest } from "./uapi.ts";

interface Attribute {
  readonly id: number;
  readonly set: (attribute: Uint8Array) => void;
}

/** The bytes of a `gpio_v2_line_request` for one output that shows its initial level from the first instant on. */
export function outputRequest(offset: number, options: OutputOptions): Uint8Array {
  const { initial = false, activeLow = false, drive = "push-pull", consumer } = options;
  let flags = lineFlags.GPIO_V2_LINE_FLAG_OUTPUT;
  if (activeLow) flags |= lineFlags.GPIO_V2_LINE_FLAG_ACTIVE_LOW;
  if (drive === "open-drain") flags |= lineFlags.GPIO_V2_LINE_FLAG_OPEN_DRAIN;
  if (drive === "open-source") flags |= lineFlags.GPIO_V2_LINE_FLAG_OPEN_SOURCE;
  const level: Attribute = {
    id: attributeIds.GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES,
    set: (attribute) => lineAttribute.fields.values.set(attribute, initial ? 1n : 0n),
  };
  return request({ offset, consumer, flags, attributes: [level] });
}

const biasFlags = {
  up: lineFlags.GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
  down: lineFlags.GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
  none: lineFlags.GPIO_V2_LINE_FLAG_BIAS_DISABLED,
} as const;

const edgeFlags = {
  rising: lineFlags.GPIO_V2_LINE_FLAG_EDGE_RISING,
  falling: lineFlags.GPIO_V2_LINE_FLAG_EDGE_FALLING,
  both: lineFlags.GPIO_V2_LINE_FLAG_EDGE_RISING | lineFlags.GPIO_V2_LINE_FLAG_EDGE_FALLING,
} as const;

/** The bytes of a `gpio_v2_line_request` for one input with edge events. Without `pull`, the bias stays as it is. */
export function inputRequest(offset: number, options: InputOptions): Uint8Array {
  const { activeLow = false, pull, edge = "both", debounceMs = 0, consumer } = options;
  let flags = lineFlags.GPIO_V2_LINE_FLAG_INPUT | edgeFlags[edge];
  if (activeLow) flags |= lineFlags.GPIO_V2_LINE_FLAG_ACTIVE_LOW;
  if (pull) flags |= biasFlags[pull];
  const debounce: Attribute = {
    id: attributeIds.GPIO_V2_LINE_ATTR_ID_DEBOUNCE,
    set: (attribute) => lineAttribute.fields.debounce_period_us.set(attribute, Math.round(debounceMs * 1000)),
  };
  return request({ offset, consumer, flags, attributes: debounceMs > 0 ? [debounce] : [] });
}

interface Request {
  readonly offset: number;
  readonly consumer: string | undefined;
  readonly flags: bigint;
  readonly attributes: readonly Attribute[];
}

function request({ offset, consumer, flags, attributes }: Request): Uint8Array {
  const bytes = new Uint8Array(lineRequest.size);
  const { fields } = lineRequest;
  u32(0).set(fields.offsets.get(bytes), offset);
  fields.consumer.set(bytes, consumerLabel(consumer));
  fields.num_lines.set(bytes, 1);
  const config = fields.config.get(bytes);
  lineConfig.fields.flags.set(config, flags);
  lineConfig.fields.num_attrs.set(config, attributes.length);
  attributes.forEach(({ id, set }, index) => {
    const slot = lineConfig.fields.attrs.get(config).subarray(index * lineConfigAttribute.size);
    const attribute = lineConfigAttribute.fields.attr.get(slot);
    lineAttribute.fields.id.set(attribute, id);
    set(attribute);
    // Bit 0: the first and only line of this request.
    lineConfigAttribute.fields.mask.set(slot, 1n);
  });
  return bytes;
}
