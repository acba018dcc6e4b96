/** What payloads of Home Assistant's MQTT discovery are commonly shortened to ("MQTT discovery", list of abbreviations). */
const entityNames: Readonly<Record<string, string>> = {
  avty: "availability",
  avty_mode: "availability_mode",
  avty_t: "availability_topic",
  avty_tpl: "availability_template",
  bri_cmd_t: "brightness_command_topic",
  bri_scl: "brightness_scale",
  bri_stat_t: "brightness_state_topic",
  bri_tpl: "brightness_template",
  bri_val_tpl: "brightness_value_template",
  cmd_t: "command_topic",
  cmd_tpl: "command_template",
  cmps: "components",
  dev: "device",
  dev_cla: "device_class",
  exp_aft: "expire_after",
  ic: "icon",
  o: "origin",
  obj_id: "object_id",
  ops: "options",
  opt: "optimistic",
  p: "platform",
  pl: "payload",
  pl_avail: "payload_available",
  pl_not_avail: "payload_not_available",
  pl_off: "payload_off",
  pl_on: "payload_on",
  pl_prs: "payload_press",
  ret: "retain",
  schema: "schema",
  stat_cla: "state_class",
  stat_off: "state_off",
  stat_on: "state_on",
  stat_t: "state_topic",
  stat_val_tpl: "state_value_template",
  t: "topic",
  uniq_id: "unique_id",
  unit_of_meas: "unit_of_measurement",
  val_tpl: "value_template",
};

const deviceNames: Readonly<Record<string, string>> = {
  cns: "connections",
  cu: "configuration_url",
  hw: "hw_version",
  ids: "identifiers",
  mdl: "model",
  mdl_id: "model_id",
  mf: "manufacturer",
  sa: "suggested_area",
  sn: "serial_number",
  sw: "sw_version",
};

/** Settings with their whole names. */
export type Settings = Readonly<Record<string, unknown>>;

export const isSettings = (raw: unknown): raw is Settings =>
  typeof raw === "object" && raw !== null && !Array.isArray(raw);

/** A discovery payload in whole words, with its base topic `~` filled in. */
export function inFull(payload: Settings): Settings {
  const base = typeof payload["~"] === "string" ? payload["~"] : undefined;
  const { "~": _, ...rest } = payload;
  return filled(rest, entityNames, base) as Settings;
}

function filled(raw: unknown, names: Readonly<Record<string, string>>, base: string | undefined): unknown {
  if (Array.isArray(raw)) return raw.map((one) => filled(one, names, base));
  if (!isSettings(raw)) return raw;
  const entries = Object.entries(raw).map(([given, value]) => {
    const name = Object.hasOwn(names, given) ? (names[given] as string) : given;
    if (name === "device") return [name, filled(value, deviceNames, undefined)];
    if (name === "components" && isSettings(value))
      return [name, Object.fromEntries(Object.entries(value).map(([id, one]) => [id, filled(one, names, base)]))];
    const isTopic = name === "topic" || name.endsWith("_topic");
    if (isTopic && base !== undefined && typeof value === "string")
      return [name, value.replace(/^~/, base).replace(/~$/, base)];
    return [name, filled(value, names, base)];
  });
  return Object.fromEntries(entries);
}
