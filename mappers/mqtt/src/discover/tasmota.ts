import { p } from "@edgetwin/mapper-sdk";
import type { Received } from "../link/client.ts";
import { DraftDevice } from "./draft-device.ts";
import { isSettings, type Settings } from "./home-assistant/abbreviations.ts";
import { jsonOf } from "./home-assistant/announced-devices.ts";

/** Units of what Tasmota measures, by name of the value ("JSON status responses"). */
const units: Readonly<Record<string, string>> = {
  ...{ Power: "W", ApparentPower: "VA", ReactivePower: "var", Voltage: "V", Current: "A", Factor: "" },
  ...{ Total: "kWh", Today: "kWh", Yesterday: "kWh", Temperature: "Cel", Humidity: "%", Pressure: "hPa" },
};

/** Devices with Tasmota, which announces itself in a way of its own since version 9 (`SetOption19 0`, the default). */
export class TasmotaDevices {
  readonly filters = ["tasmota/discovery/+/config", "tasmota/discovery/+/sensors"];
  readonly #configs = new Map<string, Settings>();
  readonly #sensors = new Map<string, Settings>();

  hear({ topic, payload }: Pick<Received, "topic" | "payload">): boolean {
    const [, , mac = "", what] = topic.split("/");
    const said = jsonOf(payload);
    if (!isSettings(said)) return false;
    (what === "config" ? this.#configs : this.#sensors).set(mac, said);
    return true;
  }

  get drafts(): readonly DraftDevice[] {
    return [...this.#configs].flatMap(([mac, config]) => {
      const topics = topicsOf(config);
      return topics ? [draftOf(config, topics, this.#sensors.get(mac))] : [];
    });
  }
}

/** Where it listens and speaks: `ft` is the pattern of its topics, `t` its name there, `tp` the three prefixes. */
function topicsOf({
  t,
  ft,
  tp,
}: Settings): { readonly command: string; readonly state: string; readonly telemetry: string } | undefined {
  if (typeof t !== "string" || typeof ft !== "string" || !Array.isArray(tp)) return undefined;
  const of = (prefix: unknown) => ft.replace("%prefix%", String(prefix)).replace("%topic%", t).replace(/\/$/, "");
  const [command, state, telemetry] = tp;
  return { command: of(command), state: of(state), telemetry: of(telemetry) };
}

function draftOf(
  config: Settings,
  topics: NonNullable<ReturnType<typeof topicsOf>>,
  sensors: Settings | undefined,
): DraftDevice {
  const { command, state, telemetry } = topics;
  const { dn, t, md, sw, onln, ofln, rl, mac } = config;
  const draft = new DraftDevice(String(dn ?? t), "It says that it runs Tasmota.");
  draft.know({ product: md, revision: sw, mac });
  draft.isThereWhen({
    topic: `${telemetry}/LWT`,
    online: String(onln ?? "Online"),
    offline: String(ofln ?? "Offline"),
  });
  const relays = Array.isArray(rl) ? rl.flatMap((kind, index) => (kind === 1 || kind === 2 ? [index + 1] : [])) : [];
  const [off, on] = Array.isArray(config.state) ? config.state.map(String) : ["OFF", "ON"];
  for (const relay of relays) {
    const word = relays.length === 1 ? "POWER" : `POWER${relay}`;
    const visitor = {
      state: `${state}/${word}`,
      command: `${command}/${word}`,
      values: { true: on, false: off },
      request: { topic: `${command}/${word}`, when: "open" }, // its state is not retained
    };
    draft.add([
      { name: relays.length === 1 ? "power" : `power-${relay}`, property: p.boolean({ access: "rw" }), visitor },
    ]);
  }
  const measured = isSettings(sensors?.sn) ? sensors.sn : {};
  for (const [group, values] of Object.entries(measured))
    for (const [name, value] of Object.entries(isSettings(values) ? values : {}))
      if (typeof value === "number") draft.add([measurement(`${telemetry}/SENSOR`, group, name)]);
  return draft;
}

const measurement = (state: string, group: string, name: string) => ({
  name: `${group} ${name}`,
  property: p.double(units[name] ? { unit: units[name] } : {}),
  visitor: { state, path: `$['${group}']['${name}']` },
});
