import { type Property, p } from "@edgetwin/mapper-sdk";
import { isSettings, type Settings } from "./abbreviations.ts";
import { commandOfTemplate, pathOfTemplate } from "./value-template.ts";

/** One property of a device that was found. */
export interface FoundProperty {
  readonly name: string;
  readonly property: Property;
  readonly visitor: Readonly<Record<string, unknown>>;
}

/** The properties that an entity becomes, or why it becomes none. */
export type FoundEntity = readonly FoundProperty[] | string;

const text = (raw: unknown): string | undefined => (typeof raw === "string" && raw !== "" ? raw : undefined);
const number = (raw: unknown): number | undefined =>
  typeof raw === "number" && Number.isFinite(raw) ? raw : undefined;
const given = (settings: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/** How an entity says and takes what it is; undefined for templates that compute. */
function ways(entity: Settings, access: "r" | "rw"): Record<string, unknown> | undefined {
  const read = pathOfTemplate(entity.value_template ?? entity.state_value_template);
  const write = access === "rw" ? commandOfTemplate(entity.command_template) : {};
  const [state, command] = [text(entity.state_topic), access === "rw" ? text(entity.command_topic) : undefined];
  if (!read || !write || (state ?? command) === undefined || (access === "rw" && command === undefined))
    return undefined;
  const retain = entity.retain === true ? true : undefined;
  return given({
    state,
    ...(state !== undefined && read),
    command,
    ...write,
    ...(command !== undefined && { retain }),
  });
}

const describe = (entity: Settings) => given({ unit: text(entity.unit_of_measurement) });

/** What an entity of Home Assistant is here. */
export function propertiesOf(platform: string, entity: Settings, name: string): FoundEntity {
  const make = known[platform];
  if (!make) return `there is no property for ${platform}`;
  return make(entity, name) ?? "its templates compute, or it has no topic";
}

type Make = (entity: Settings, name: string) => readonly FoundProperty[] | undefined;

const one = (name: string, property: Property, visitor: Record<string, unknown> | undefined) =>
  visitor && [{ name, property, visitor }];

const switchLike: Make = (entity, name) => {
  const visitor = ways(entity, "rw");
  if (!visitor) return undefined;
  const [on, off] = [text(entity.payload_on) ?? "ON", text(entity.payload_off) ?? "OFF"];
  const [isOn, isOff] = [text(entity.state_on) ?? on, text(entity.state_off) ?? off];
  const differ = isOn !== on || isOff !== off;
  const words = { values: { true: isOn, false: isOff }, ...(differ && { commandValues: { true: on, false: off } }) };
  return [{ name, property: p.boolean({ access: "rw" }), visitor: { ...visitor, ...words } }];
};

const known: Readonly<Record<string, Make>> = {
  switch: switchLike,
  siren: switchLike,
  sensor(entity, name) {
    const isNumber = text(entity.unit_of_measurement) !== undefined || text(entity.state_class) !== undefined;
    return one(name, isNumber ? p.double(describe(entity)) : p.string(), ways(entity, "r"));
  },
  binary_sensor(entity, name) {
    const values = { true: text(entity.payload_on) ?? "ON", false: text(entity.payload_off) ?? "OFF" };
    const visitor = ways(entity, "r");
    return one(name, p.boolean(), visitor && { ...visitor, values });
  },
  number(entity, name) {
    const range = { min: number(entity.min) ?? 1, max: number(entity.max) ?? 100 };
    return one(name, p.double({ access: "rw", ...range, ...describe(entity) }), ways(entity, "rw"));
  },
  select(entity, name) {
    const options = Array.isArray(entity.options) ? entity.options.filter((option) => typeof option === "string") : [];
    return options.length === 0 ? undefined : one(name, p.oneOf(options, { access: "rw" }), ways(entity, "rw"));
  },
  text: (entity, name) => one(name, p.string({ access: "rw" }), ways(entity, "rw")),
  light(entity, name) {
    const scale = number(entity.brightness_scale) ?? 255;
    const brightness = p.int({ access: "rw", min: 0, max: scale });
    const [state, command] = [text(entity.state_topic), text(entity.command_topic)];
    if (entity.schema !== "json") {
      const power = switchLike(entity, name);
      const [level, dim] = [text(entity.brightness_state_topic), text(entity.brightness_command_topic)];
      const read = pathOfTemplate(entity.brightness_value_template);
      if (!power || level === undefined || dim === undefined || !read) return power;
      return [
        ...power,
        { name: `${name}-brightness`, property: brightness, visitor: { state: level, ...read, command: dim } },
      ];
    }
    if (state === undefined || command === undefined) return undefined;
    const json = (key: string) => ({ state, path: `$.${key}`, command });
    const values = { true: "ON", false: "OFF" };
    const power = { ...json("state"), values, template: '{"state":{{ value | json }}}' };
    const dim = { ...json("brightness"), template: '{"state":"ON","brightness":{{ value }}}' };
    const dims = entity.brightness === true || (isSettings(entity) && Array.isArray(entity.supported_color_modes));
    return [
      { name, property: p.boolean({ access: "rw" }), visitor: power },
      ...(dims ? [{ name: `${name}-brightness`, property: brightness, visitor: dim }] : []),
    ];
  },
  fan(entity, name) {
    const power = switchLike(entity, name);
    const [state, command] = [text(entity.percentage_state_topic), text(entity.percentage_command_topic)];
    const read = pathOfTemplate(entity.percentage_value_template);
    if (!power || state === undefined || command === undefined || !read) return power;
    const speed = p.int({ access: "rw", min: 0, max: 100, unit: "%" });
    return [...power, { name: `${name}-speed`, property: speed, visitor: { state, ...read, command } }];
  },
};
