/** How the bytes of an object of BTHome v2 are read. */
export interface BthomeObject {
  readonly name: string;
  readonly bytes: 1 | 2 | 3 | 4;
  readonly signed?: boolean;
  /** The value is the raw number divided by ten to the power of this. */
  readonly digits?: number;
  /** Where the step is no power of ten. */
  readonly factor?: number;
  readonly unit?: string;
  readonly boolean?: boolean;
}

const u8 = (name: string, unit?: string, digits = 0): BthomeObject => object(name, 1, { unit, digits });
const u16 = (name: string, unit?: string, digits = 0): BthomeObject => object(name, 2, { unit, digits });
const u24 = (name: string, unit?: string, digits = 0): BthomeObject => object(name, 3, { unit, digits });
const u32 = (name: string, unit?: string, digits = 0): BthomeObject => object(name, 4, { unit, digits });
const s8 = (name: string, unit?: string, digits = 0): BthomeObject => object(name, 1, { unit, digits, signed: true });
const s16 = (name: string, unit?: string, digits = 0): BthomeObject => object(name, 2, { unit, digits, signed: true });
const s32 = (name: string, unit?: string, digits = 0): BthomeObject => object(name, 4, { unit, digits, signed: true });
const flag = (name: string): BthomeObject => ({ name, bytes: 1, boolean: true });

function object(
  name: string,
  bytes: BthomeObject["bytes"],
  { unit, digits, signed }: { unit: string | undefined; digits: number; signed?: boolean },
): BthomeObject {
  return { name, bytes, ...(digits > 0 && { digits }), ...(unit !== undefined && { unit }), ...(signed && { signed }) };
}

/** Objects of BTHome v2 by identifier (bthome.io/format, "Sensor data", "Binary sensor data", "Misc data"). */
export const bthomeObjects: Readonly<Record<number, BthomeObject>> = {
  0: u8("packetId"),
  1: u8("battery", "%"),
  2: s16("temperature", "°C", 2),
  3: u16("humidity", "%", 2),
  4: u24("pressure", "hPa", 2),
  5: u24("illuminance", "lx", 2),
  6: u16("mass", "kg", 2),
  7: u16("massPounds", "lb", 2),
  8: s16("dewPoint", "°C", 2),
  9: u8("count"),
  10: u24("energy", "kWh", 3),
  11: u24("power", "W", 2),
  12: u16("voltage", "V", 3),
  13: u16("pm25", "µg/m³"),
  14: u16("pm10", "µg/m³"),
  15: flag("generic"),
  16: flag("powerOn"),
  17: flag("opening"),
  18: u16("co2", "ppm"),
  19: u16("tvoc", "µg/m³"),
  20: u16("moisture", "%", 2),
  21: flag("batteryLow"),
  22: flag("batteryCharging"),
  23: flag("carbonMonoxide"),
  24: flag("cold"),
  25: flag("connectivity"),
  26: flag("door"),
  27: flag("garageDoor"),
  28: flag("gasDetected"),
  29: flag("heat"),
  30: flag("light"),
  31: flag("lock"),
  32: flag("moistureDetected"),
  33: flag("motion"),
  34: flag("moving"),
  35: flag("occupancy"),
  36: flag("plug"),
  37: flag("presence"),
  38: flag("problem"),
  39: flag("running"),
  40: flag("safety"),
  41: flag("smoke"),
  42: flag("sound"),
  43: flag("tamper"),
  44: flag("vibration"),
  45: flag("window"),
  46: u8("humidity", "%"),
  47: u8("moisture", "%"),
  61: u16("count"),
  62: u32("count"),
  63: s16("rotation", "°", 1),
  64: u16("distanceMillimetres", "mm"),
  65: u16("distance", "m", 1),
  66: u24("duration", "s", 3),
  67: u16("current", "A", 3),
  68: u16("speed", "m/s", 2),
  69: s16("temperature", "°C", 1),
  70: u8("uvIndex", undefined, 1),
  71: u16("volume", "L", 1),
  72: u16("volumeMillilitres", "mL"),
  73: u16("volumeFlowRate", "m³/h", 3),
  74: u16("voltage", "V", 1),
  75: u24("gas", "m³", 3),
  76: u32("gas", "m³", 3),
  77: u32("energy", "kWh", 3),
  78: u32("volume", "L", 3),
  79: u32("water", "L", 3),
  80: u32("timestamp", "s"),
  81: u16("acceleration", "m/s²", 3),
  82: u16("gyroscope", "°/s", 3),
  85: u32("volumeStorage", "L", 3),
  86: u16("conductivity", "µS/cm"),
  87: s8("temperature", "°C"),
  88: { name: "temperature", bytes: 1, signed: true, factor: 0.35, digits: 2, unit: "°C" },
  89: s8("count"),
  90: s16("count"),
  91: s32("count"),
  92: s32("power", "W", 2),
  93: s16("current", "A", 3),
  94: u16("direction", "°", 2),
  95: u16("precipitation", "mm", 1),
  96: u8("channel"),
  97: u16("rotationalSpeed", "rpm"),
  240: u16("deviceType"),
  241: u32("firmware"),
  242: u24("firmware"),
};

/** Values of a button event, object 0x3a. */
export const buttonEvents: Readonly<Record<number, string>> = {
  0: "none",
  1: "press",
  2: "double_press",
  3: "triple_press",
  4: "long_press",
  5: "long_double_press",
  6: "long_triple_press",
  128: "hold_press",
};

/** Values of a dimmer event, object 0x3c, the first of its two bytes. */
export const dimmerEvents: Readonly<Record<number, string>> = { 0: "none", 1: "rotate_left", 2: "rotate_right" };
