import { p } from "@edgetwin/mapper-sdk";
import type { Received } from "../link/client.ts";
import { DraftDevice } from "./draft-device.ts";
import { isSettings, type Settings } from "./home-assistant/abbreviations.ts";
import { jsonOf } from "./home-assistant/announced-devices.ts";

/** A message that is answered. */
export interface Question {
  readonly topic: string;
  readonly payload: string;
}

/** Shelly devices: the first generation answers `announce`, later ones tell the status of each of their switches. */
export class ShellyDevices {
  readonly filters = ["shellies/announce", "shellies/+/relay/+", "shellies/+/relay/+/power", "+/online", "+/status/+"];
  readonly #ask: (question: Question) => void;
  readonly #announced = new Map<string, Settings>();
  readonly #relays = new Map<string, Set<string>>();
  readonly #metered = new Set<string>();
  readonly #switches = new Map<string, Map<string, Settings>>();

  /** @param ask publishes what makes them tell. */
  constructor(ask: (question: Question) => void) {
    this.#ask = ask;
  }

  /** Asks those of the first generation; later ones are asked when they turn out to be there. */
  begin(): void {
    this.#ask({ topic: "shellies/command", payload: "announce" });
  }

  hear({ topic, payload }: Pick<Received, "topic" | "payload">): boolean {
    const said = jsonOf(payload);
    if (topic === "shellies/announce") {
      if (!isSettings(said) || typeof said.id !== "string") return false;
      this.#announced.set(said.id, said);
      return true;
    }
    if (topic.endsWith("/online")) {
      const prefix = topic.slice(0, -"/online".length);
      // Whatever else has such a topic does not listen on that one.
      if (payload.toString() === "true" && /shelly/i.test(prefix))
        this.#ask({ topic: `${prefix}/command`, payload: "status_update" });
      return true;
    }
    const relay = /^shellies\/([^/]+)\/relay\/(\d+)(\/power)?$/.exec(topic);
    if (relay) {
      const [, id = "", index = "", power] = relay;
      if (power) this.#metered.add(`${id}/${index}`);
      else this.#relays.set(id, (this.#relays.get(id) ?? new Set()).add(index));
      return true;
    }
    const status = /^([^/]+)\/status\/switch:(\d+)$/.exec(topic);
    if (!status || !isSettings(said)) return false;
    const [, prefix = "", index = ""] = status;
    this.#switches.set(prefix, (this.#switches.get(prefix) ?? new Map()).set(index, said));
    return true;
  }

  get drafts(): readonly DraftDevice[] {
    const first = [...this.#announced].map(([id, facts]) => this.#firstGeneration(id, facts));
    return [...first, ...[...this.#switches].map(([prefix, switches]) => laterGeneration(prefix, switches))];
  }

  #firstGeneration(id: string, { model, mac, fw_ver }: Settings): DraftDevice {
    const draft = new DraftDevice(id, "It answered as a Shelly of the first generation does.");
    draft.know({ vendor: "Shelly", product: model, revision: fw_ver, mac });
    draft.isThereWhen({ topic: `shellies/${id}/online`, online: "true", offline: "false" });
    const relays = this.#relays.get(id) ?? [];
    if (!this.#relays.has(id)) draft.skip("no relay of it has told its state yet");
    for (const index of relays) {
      const state = `shellies/${id}/relay/${index}`;
      const values = { true: "on", false: "off" };
      draft.add([
        {
          name: `relay-${index}`,
          property: p.boolean({ access: "rw" }),
          visitor: { state, command: `${state}/command`, values },
        },
      ]);
      if (this.#metered.has(`${id}/${index}`))
        draft.add([
          { name: `power-${index}`, property: p.double({ unit: "W" }), visitor: { state: `${state}/power` } },
        ]);
    }
    return draft;
  }
}

/** Units of the numbers in the status of a switch (Shelly API, "Switch"). */
const measured: Readonly<Record<string, string>> = { apower: "W", voltage: "V", current: "A", pf: "" };

function laterGeneration(prefix: string, switches: ReadonlyMap<string, Settings>): DraftDevice {
  const draft = new DraftDevice(prefix, "It tells its switches as a Shelly of the second generation or later does.");
  draft.know({ vendor: "Shelly" });
  draft.isThereWhen({ topic: `${prefix}/online`, online: "true", offline: "false" });
  for (const [index, status] of switches) {
    const state = `${prefix}/status/switch:${index}`;
    const ask = { topic: `${prefix}/command`, payload: "status_update", when: "open" };
    // What it says is JSON with true and false, what it takes are words.
    const visitor = {
      ...{ state, path: "$.output", command: `${prefix}/command/switch:${index}` },
      ...{ values: { true: "true", false: "false" }, commandValues: { true: "on", false: "off" } },
    };
    draft.add([
      { name: `switch-${index}`, property: p.boolean({ access: "rw" }), visitor: { ...visitor, request: ask } },
    ]);
    for (const [name, unit] of Object.entries(measured))
      if (typeof status[name] === "number")
        draft.add([
          { name: `${name}-${index}`, property: p.double(unit ? { unit } : {}), visitor: { state, path: `$.${name}` } },
        ]);
  }
  return draft;
}
