/** A broker as an emulated device sees it: an emulated one, or a client of a real one. */
export interface DeviceBroker {
  publish(topic: string, payload: string | object, options?: { readonly retain?: boolean }): void;
  subscribe(filter: string, subscriber: (topic: string, payload: string) => void): void;
}

/** An emulated device. */
export interface EmulatedDevice {
  /** Whether its relay or lamp is on. */
  readonly isOn: boolean;
  /** Somebody presses the button on it. */
  press(): void;
  /** It leaves: what its last will says. */
  leave(): void;
}

/** A plug with Tasmota 12 and energy measurement, which announces itself in Tasmota's own way. */
export function tasmotaPlug(broker: DeviceBroker, name = "plug"): EmulatedDevice {
  let isOn = false;
  const mac = "DC4F22AABBCC";
  const config = {
    ...{
      ip: "192.168.1.20",
      dn: "Kitchen plug",
      fn: ["Kitchen plug", null],
      hn: `${name}-2764`,
      mac,
      md: "Sonoff S31",
    },
    ...{ ofln: "Offline", onln: "Online", state: ["OFF", "ON", "TOGGLE", "HOLD"], sw: "12.4.0", t: name },
    ...{ ft: "%prefix%/%topic%/", tp: ["cmnd", "stat", "tele"], rl: [1, 0, 0, 0], ver: 1 },
  };
  const tell = () => {
    broker.publish(`stat/${name}/RESULT`, { POWER: isOn ? "ON" : "OFF" });
    broker.publish(`stat/${name}/POWER`, isOn ? "ON" : "OFF");
  };
  const energy = () => ({ Time: "2026-11-29T12:00:00", ENERGY: { Total: 3.185, Power: isOn ? 42 : 0, Voltage: 231 } });
  broker.publish(`tele/${name}/LWT`, "Online", { retain: true });
  broker.publish(`tasmota/discovery/${mac}/config`, config, { retain: true });
  broker.publish(`tasmota/discovery/${mac}/sensors`, { sn: energy(), ver: 1 }, { retain: true });
  broker.subscribe(`cmnd/${name}/POWER`, (_, word) => {
    if (word === "ON" || word === "OFF") isOn = word === "ON";
    else if (word === "TOGGLE") isOn = !isOn;
    tell(); // an empty command asks only
    broker.publish(`tele/${name}/SENSOR`, energy());
  });
  return {
    get isOn() {
      return isOn;
    },
    press() {
      isOn = !isOn;
      tell();
    },
    leave: () => broker.publish(`tele/${name}/LWT`, "Offline", { retain: true }),
  };
}

/** A light with ESPHome, which announces itself to Home Assistant with shortened names; its light speaks JSON. */
export function esphomeLight(broker: DeviceBroker, name = "desk"): EmulatedDevice & { readonly brightness: number } {
  const state = { state: "OFF", brightness: 128 };
  const device = {
    ids: "a4cf12f0aa01",
    name: "Desk light",
    sw: "esphome v2024.11.0",
    mdl: "esp01_1m",
    mf: "Espressif",
  };
  const shared = { avty_t: "~/status", dev: device };
  const light = {
    ...{ "~": name, schema: "json", brightness: true, clrm: true, sup_clrm: ["brightness"], name: "Lamp" },
    ...{ stat_t: "~/light/lamp/state", cmd_t: "~/light/lamp/command", uniq_id: "ESPlightlamp", ...shared },
  };
  const signal = {
    ...{ "~": name, dev_cla: "signal_strength", unit_of_meas: "dBm", stat_cla: "measurement", name: "WiFi Signal" },
    ...{ stat_t: "~/sensor/wifi_signal/state", uniq_id: "ESPsensorwifi", ...shared },
  };
  const tell = () =>
    broker.publish(`${name}/light/lamp/state`, { ...state, color_mode: "brightness" }, { retain: true });
  broker.publish(`${name}/status`, "online", { retain: true });
  broker.publish(`homeassistant/light/${name}/lamp/config`, light, { retain: true });
  broker.publish(`homeassistant/sensor/${name}/wifi_signal/config`, signal, { retain: true });
  broker.publish(`${name}/sensor/wifi_signal/state`, "-61", { retain: true });
  tell();
  broker.subscribe(`${name}/light/lamp/command`, (_, text) => {
    const { state: word, brightness } = JSON.parse(text) as Partial<typeof state>;
    if (word === "ON" || word === "OFF") state.state = word;
    if (typeof brightness === "number") state.brightness = brightness;
    tell();
  });
  return {
    get isOn() {
      return state.state === "ON";
    },
    get brightness() {
      return state.brightness;
    },
    press() {
      state.state = state.state === "ON" ? "OFF" : "ON";
      tell();
    },
    leave: () => broker.publish(`${name}/status`, "offline", { retain: true }),
  };
}

/** A Shelly Plus 1PM: the second generation, with status and control over MQTT enabled. */
export function shellyPlus(broker: DeviceBroker, name = "shellyplus1pm-a8032abc"): EmulatedDevice {
  let isOn = false;
  const tell = () => {
    const [apower, voltage, current] = isOn ? [18.2, 230.4, 0.08] : [0, 230.4, 0];
    broker.publish(`${name}/status/switch:0`, { id: 0, source: "MQTT", output: isOn, apower, voltage, current });
  };
  broker.publish(`${name}/online`, "true", { retain: true });
  broker.subscribe(`${name}/command`, (_, word) => void (word === "status_update" && tell()));
  broker.subscribe(`${name}/command/switch:0`, (_, word) => {
    if (word === "on" || word === "off") isOn = word === "on";
    if (word === "toggle") isOn = !isOn;
    tell();
  });
  return {
    get isOn() {
      return isOn;
    },
    press() {
      isOn = !isOn;
      tell();
    },
    leave: () => broker.publish(`${name}/online`, "false", { retain: true }),
  };
}

/** A Shelly 1PM of the first generation, which answers when all are asked to announce themselves. */
export function shellyFirst(broker: DeviceBroker, name = "shelly1pm-B929CC"): EmulatedDevice {
  let isOn = false;
  const tell = () => {
    broker.publish(`shellies/${name}/relay/0`, isOn ? "on" : "off", { retain: true });
    broker.publish(`shellies/${name}/relay/0/power`, isOn ? "40.50" : "0.00", { retain: true });
  };
  broker.publish(`shellies/${name}/online`, "true", { retain: true });
  broker.subscribe("shellies/command", (_, word) => {
    if (word === "announce")
      broker.publish("shellies/announce", { id: name, model: "SHSW-PM", mac: "B929CC", fw_ver: "1.14.0" });
  });
  broker.subscribe(`shellies/${name}/relay/0/command`, (_, word) => {
    if (word === "on" || word === "off") isOn = word === "on";
    tell();
  });
  tell();
  return {
    get isOn() {
      return isOn;
    },
    press() {
      isOn = !isOn;
      tell();
    },
    leave: () => broker.publish(`shellies/${name}/online`, "false", { retain: true }),
  };
}
