import { EmulatedBroker } from "@edgetwin/mapper-mqtt/testing";
import type { Clock } from "@edgetwin/mapper-sdk";
import { repeat } from "@edgetwin/mapper-sdk/simulation";
import { Room } from "./room.ts";

/** Who may talk to it. */
export interface PurifierIdentity {
  readonly serial: string;
  /** As it is sent: the hash of the password on the sticker. */
  readonly password: string;
}

/** Buttons of the remote control, and `wifi`: the connection drops, as it does now and then. */
export const buttons = ["night", "oscillation", "auto", "faster", "slower", "timer", "wifi"] as const;
export type Button = (typeof buttons)[number];

/** What a command may set: anything else is ignored without a word, as the purifier does. */
const allowed: Readonly<Record<string, RegExp>> = {
  fmod: /^(OFF|FAN|AUTO)$/,
  fnsp: /^(00(0[1-9]|10)|AUTO)$/,
  oson: /^(ON|OFF)$/,
  nmod: /^(ON|OFF)$/,
  rhtm: /^(ON|OFF)$/,
  sltm: /^(OFF|0[0-5]\d\d)$/,
  qtar: /^000[134]$/,
};

/** How often sensors are told, and how fast time passes in the filter and the timer. */
const period = { stepMs: 1000, sensorsMs: 10_000, minuteMs: 60_000, hourMs: 3_600_000 };

/**
 * A Pure Cool Link made of memory: a broker that lets in its owner only, and a fan behind it that is also switched by its
 * remote control, in a room whose air it cleans.
 */
export class EmulatedPurifier implements Disposable {
  readonly broker: EmulatedBroker;
  readonly faults: { deaf?: boolean } = {};
  readonly #topic: string;
  readonly #clock: Clock;
  readonly #room: Room;
  readonly #steps: Disposable;
  #state = {
    fmod: "FAN",
    fnst: "FAN",
    fnsp: "0002",
    qtar: "0004",
    oson: "OFF",
    rhtm: "ON",
    filf: "1685",
    nmod: "OFF",
    sltm: "OFF",
  };
  #passedMs = 0;
  #ranMs = 0;

  constructor({ serial, password }: PurifierIdentity, clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#topic = `475/${serial}`;
    this.#room = new Room(random);
    this.broker = new EmulatedBroker({ accepts: (user, word) => user === serial && word === password });
    this.broker.subscribe(`${this.#topic}/command`, (_, text) => this.#command(text));
    this.broker.subscribe("emulator/remote", (_, button) => this.press(button as Button));
    this.#steps = repeat(clock, period.stepMs, () => this.#step());
  }

  /** What it does now, field by field. */
  get state(): Readonly<Record<string, string>> {
    return this.#state;
  }

  /** Somebody presses a button of the remote control. */
  press(button: Button): void {
    const { nmod, oson, fnsp, sltm } = this.#state;
    const speed = fnsp === "AUTO" ? 4 : Number(fnsp);
    const turned = (word: string) => (word === "ON" ? "OFF" : "ON");
    const at = (wanted: number) => ({ fmod: "FAN", fnsp: digits(Math.min(10, Math.max(1, wanted))) });
    if (button === "night") this.#change({ nmod: turned(nmod) }, "PRC");
    else if (button === "oscillation") this.#change({ oson: turned(oson) }, "PRC");
    else if (button === "auto") this.#change({ fmod: "AUTO" }, "PRC");
    else if (button === "faster") this.#change(at(speed + 1), "PRC");
    else if (button === "slower") this.#change(at(speed - 1), "PRC");
    else if (button === "timer") this.#change({ sltm: sltm === "OFF" ? "0030" : "OFF" }, "PRC");
    else if (button === "wifi") this.broker.drop();
  }

  [Symbol.dispose](): void {
    this.#steps[Symbol.dispose]();
    this.broker.drop();
  }

  #command(text: string): void {
    if (this.faults.deaf) return;
    const { msg, data = {} } = messageOf(text);
    if (msg === "REQUEST-CURRENT-STATE") {
      const { ...state } = this.#state;
      this.#say({ msg: "CURRENT-STATE", "mode-reason": "LAPP", "state-reason": "MODE", "product-state": state });
      this.#saySensors();
    }
    const entries = Object.entries(data);
    const isFine = entries.every(([name, word]) => typeof word === "string" && allowed[name]?.test(word));
    if (msg === "STATE-SET" && entries.length > 0 && isFine) this.#change(data as Record<string, string>, "LAPP");
  }

  /** It tells every field, each as a pair, whoever changed one. */
  #change(wanted: Readonly<Record<string, string>>, reason: "LAPP" | "PRC" | "NONE"): void {
    const before = this.#state;
    const now = { ...before, ...wanted };
    if (wanted.fmod === "AUTO") now.fnsp = "AUTO";
    if (wanted.fmod === "FAN" && now.fnsp === "AUTO") now.fnsp = "0004";
    now.fnst = now.fmod === "OFF" ? "OFF" : "FAN";
    this.#state = now;
    const pairs = Object.entries(now).map(([name, word]) => [name, [before[name as keyof typeof before], word]]);
    this.#say({
      msg: "STATE-CHANGE",
      "mode-reason": reason,
      "state-reason": "MODE",
      "product-state": Object.fromEntries(pairs),
    });
  }

  #saySensors(): void {
    const data = this.#state.rhtm === "ON" || this.#state.fmod !== "OFF" ? this.#room.sensors() : this.#room.asleep();
    this.#say({ msg: "ENVIRONMENTAL-CURRENT-SENSOR-DATA", data: { ...data, sltm: this.#state.sltm } });
  }

  #say(message: object): void {
    const time = new Date(this.#clock.now()).toISOString();
    this.broker.publish(`${this.#topic}/status/current`, { ...message, time });
  }

  #step(): void {
    const { fmod, fnsp, filf, sltm } = this.#state;
    this.#passedMs += period.stepMs;
    const speed = fmod === "OFF" ? 0 : fnsp === "AUTO" ? this.#room.wantedSpeed : Number(fnsp);
    this.#room.pass(period.stepMs / 1000, speed);
    if (speed > 0) this.#ranMs += period.stepMs;
    if (this.#ranMs >= period.hourMs) {
      this.#ranMs -= period.hourMs;
      this.#change({ filf: digits(Math.max(0, Number(filf) - 1)) }, "NONE");
    }
    if (this.#passedMs % period.minuteMs === 0 && sltm !== "OFF") this.#countDown(Number(sltm) - 1);
    if (this.#passedMs % period.sensorsMs === 0) this.#saySensors();
  }

  #countDown(left: number): void {
    this.#change(left > 0 ? { sltm: digits(left) } : { sltm: "OFF", fmod: "OFF" }, "NONE");
  }
}

const digits = (value: number): string => String(value).padStart(4, "0");

function messageOf(text: string): { readonly msg?: unknown; readonly data?: object } {
  try {
    return JSON.parse(text) as { readonly msg?: unknown };
  } catch {
    return {};
  }
}
