import { bytes, s32, text, u32, u64 } from "./struct.ts";

/**
 * The GPIO character device, version 2 of its user space interface: structs, numbers and flags of `linux/gpio.h`
 * (Linux 5.10 and later). `test/peers/uapi-layout.peer.ts` compares all of it with what a C compiler makes of the header.
 */

/** GPIO_MAX_NAME_SIZE. */
const maxNameSize = 32;

/** struct gpiochip_info. */
export const chipInfo = {
  size: 68,
  fields: { name: text(0, maxNameSize), label: text(32, maxNameSize), lines: u32(64) },
} as const;

/** struct gpio_v2_line_info, without the attributes, which nobody here reads. */
export const lineInfo = {
  size: 256,
  fields: {
    name: text(0, maxNameSize),
    consumer: text(32, maxNameSize),
    offset: u32(64),
    num_attrs: u32(68),
    flags: u64(72),
  },
} as const;

/** struct gpio_v2_line_attribute; the three members of its union share offset 8. */
export const lineAttribute = {
  size: 16,
  fields: { id: u32(0), flags: u64(8), values: u64(8), debounce_period_us: u32(8) },
} as const;

/** struct gpio_v2_line_config_attribute. */
export const lineConfigAttribute = { size: 24, fields: { attr: bytes(0, 16), mask: u64(16) } } as const;

/** struct gpio_v2_line_config. */
export const lineConfig = {
  size: 272,
  fields: { flags: u64(0), num_attrs: u32(8), attrs: bytes(32, 240) },
} as const;

/** struct gpio_v2_line_request. */
export const lineRequest = {
  size: 592,
  fields: {
    offsets: bytes(0, 256),
    consumer: text(256, maxNameSize),
    config: bytes(288, 272),
    num_lines: u32(560),
    event_buffer_size: u32(564),
    fd: s32(588),
  },
} as const;

/** struct gpio_v2_line_values. */
export const lineValues = { size: 16, fields: { bits: u64(0), mask: u64(8) } } as const;

/** struct gpio_v2_line_event. */
export const lineEvent = {
  size: 48,
  fields: { timestamp_ns: u64(0), id: u32(8), offset: u32(12), seqno: u32(16), line_seqno: u32(20) },
} as const;

// asm-generic/ioctl.h: direction in bits 30 and 31, argument size in 16 to 29, type in 8 to 15, number in 0 to 7.
const gpioType = 0xb4;
const ioctl = (direction: number, number: number, { size }: { readonly size: number }) =>
  ((direction << 30) | (size << 16) | (gpioType << 8) | number) >>> 0;
const read = 2;
const readWrite = 3;

/** Request numbers for ioctl(2), under the names of the header. */
export const requests = {
  GPIO_GET_CHIPINFO_IOCTL: ioctl(read, 0x01, chipInfo),
  GPIO_V2_GET_LINEINFO_IOCTL: ioctl(readWrite, 0x05, lineInfo),
  GPIO_V2_GET_LINE_IOCTL: ioctl(readWrite, 0x07, lineRequest),
  GPIO_V2_LINE_GET_VALUES_IOCTL: ioctl(readWrite, 0x0e, lineValues),
  GPIO_V2_LINE_SET_VALUES_IOCTL: ioctl(readWrite, 0x0f, lineValues),
} as const;

/** enum gpio_v2_line_flag, as far as it is used here. */
export const lineFlags = {
  GPIO_V2_LINE_FLAG_USED: 1n << 0n,
  GPIO_V2_LINE_FLAG_ACTIVE_LOW: 1n << 1n,
  GPIO_V2_LINE_FLAG_INPUT: 1n << 2n,
  GPIO_V2_LINE_FLAG_OUTPUT: 1n << 3n,
  GPIO_V2_LINE_FLAG_EDGE_RISING: 1n << 4n,
  GPIO_V2_LINE_FLAG_EDGE_FALLING: 1n << 5n,
  GPIO_V2_LINE_FLAG_OPEN_DRAIN: 1n << 6n,
  GPIO_V2_LINE_FLAG_OPEN_SOURCE: 1n << 7n,
  GPIO_V2_LINE_FLAG_BIAS_PULL_UP: 1n << 8n,
  GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN: 1n << 9n,
  GPIO_V2_LINE_FLAG_BIAS_DISABLED: 1n << 10n,
} as const;

/** enum gpio_v2_line_attr_id. */
export const attributeIds = {
  GPIO_V2_LINE_ATTR_ID_FLAGS: 1,
  GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES: 2,
  GPIO_V2_LINE_ATTR_ID_DEBOUNCE: 3,
} as const;

/** enum gpio_v2_line_event_id: the line became active, or inactive; `ACTIVE_LOW` is already accounted for. */
export const eventIds = {
  GPIO_V2_LINE_EVENT_RISING_EDGE: 1,
  GPIO_V2_LINE_EVENT_FALLING_EDGE: 2,
} as const;
