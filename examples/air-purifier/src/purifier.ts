import { acquireLink, brokerFields, brokerOf, type OpenStream, openSocket } from "@edgetwin/mapper-mqtt/broker";
import {
  type CallContext,
  defineMapper,
  defineModel,
  f,
  fields,
  type OpenContext,
  type Output,
  p,
  type Value,
} from "@edgetwin/mapper-sdk";
import { Conversation } from "./conversation.ts";

/** A switch, a speed and a timer of the purifier, in the types that they have by nature. */
export const pureCoolLinkModel = defineModel("pure-cool-link", {
  NightMode: p.boolean({ access: "rw", description: "quiet, with its lamps off" }),
  Speed: p.int({ access: "rw", min: 0, max: 10, description: "0 leaves it to the purifier" }),
  Oscillation: p.boolean({ access: "rw" }),
  Timer: p.int({ access: "rw", min: 0, max: 540, unit: "min", description: "until it switches itself off; 0: never" }),
  FilterLife: p.int({ unit: "h" }),
  Humidity: p.int({ unit: "%" }),
  AQI: p.int({ description: "volatile compounds, 0 to 9" }),
  Dust: p.int({ description: "particles, 0 to 9" }),
  Temperature: p.double({ unit: "Cel" }),
});

const speeds = ["AUTO", ...Array.from({ length: 10 }, (_, index) => digits(index + 1))];
const onOff = ["OFF", "ON"] as const;

/** The same in the texts of the first demo, whose model knows no other type. */
export const dysonFanModel = defineModel("dysonfan", {
  NightMode: p.oneOf(onOff, { access: "rw" }),
  Speed: p.oneOf(speeds, { access: "rw" }),
  Oscillation: p.oneOf(onOff, { access: "rw" }),
  ...{ FilterLife: p.string(), Humidity: p.string(), AQI: p.string(), Dust: p.string(), Temperature: p.string() },
});

/** Where a value is in what the purifier says, and what to tell it for another one. */
interface Place<T> {
  readonly field: string;
  readonly read: (word: string) => T;
  readonly write?: (value: T) => Readonly<Record<string, string>>;
}

const flag = (field: string): Place<boolean> & { write: object } => ({
  field,
  read: (word) => word === "ON",
  write: (on) => ({ [field]: on ? "ON" : "OFF" }),
});
const number = (field: string): Place<number> => ({ field, read: Number });
const minutes = (field: string) => ({
  field,
  read: (word: string) => (word === "OFF" ? 0 : Number(word)),
  write: (value: number) => ({ [field]: value === 0 ? "OFF" : digits(value) }),
});
const word = <T extends string>(field: string) => ({
  field,
  read: (said: string) => said as T,
  write: (value: T) => ({ [field]: value }),
});
const setSpeed = (fnsp: string) => (fnsp === "AUTO" ? { fmod: "AUTO", fnsp } : { fmod: "FAN", fnsp });
/** Tenths of kelvin. */
const celsius = (tact: string) => Number((Number(tact) / 10 - 273.15).toFixed(2));

type Call = CallContext<Conversation, unknown>;

/** The handlers of a property that lives at `place`. */
const only = <T>({ field, read }: Place<T>) => ({
  read: async ({ session, signal }: Call) => read(await session.word(field, signal)),
  async *watch({ session, signal }: Call) {
    for await (const said of session.words(field, signal)) yield read(said);
  },
});
const both = <T>(place: Required<Place<T>>) => ({
  ...only(place),
  write: ({ session, signal }: Call, value: T) => session.set(place.write(value), place.field, signal),
});

/** How a purifier is reached: it is a broker itself. Its credential is its serial number and the hash of its password. */
const connection = fields({ ...brokerFields, serial: f.string() });
type Opening = OpenContext<Output<typeof connection>, unknown>;
const shared = (openStream: OpenStream) => ({
  protocol: "dyson",
  connection,
  visitor: fields({}),
  async open({ connection, scope, signal, board, clock, log, credential }: Opening): Promise<Conversation> {
    const broker = brokerOf(connection);
    const { link } = scope.use(acquireLink({ board, clock, log, credential, broker, openStream }));
    return scope.use(await Conversation.begin({ link, clock, serial: connection.serial, signal }));
  },
});

/** The purifier with its natural types, over any way to its broker. */
export const pureCoolLinkOver = (openStream: OpenStream) =>
  defineMapper({
    ...shared(openStream),
    model: pureCoolLinkModel,
    properties: {
      NightMode: both(flag("nmod")),
      Speed: both({
        field: "fnsp",
        read: (fnsp) => (fnsp === "AUTO" ? 0 : Number(fnsp)),
        write: (speed) => setSpeed(speed === 0 ? "AUTO" : digits(speed)),
      }),
      Oscillation: both(flag("oson")),
      Timer: both(minutes("sltm")),
      FilterLife: only(number("filf")),
      Humidity: only(number("hact")),
      AQI: only(number("vact")),
      Dust: only(number("pact")),
      Temperature: only({ field: "tact", read: celsius }),
    },
  });

/** The purifier as the first demo knew it. */
export const dysonFanOver = (openStream: OpenStream) =>
  defineMapper({
    ...shared(openStream),
    model: dysonFanModel,
    // v1alpha1 has no place for an address: it comes from constants of the model, or is where `npm start` emulates one.
    defaults: ({ host, serial }: Readonly<Record<string, Value>>) => ({
      connection: {
        url: `mqtt://${host ?? "127.0.0.1:1885"}`,
        serial: String(serial ?? emulatedSerial),
        credential: "purifier",
      },
    }),
    properties: {
      NightMode: both(word<"OFF" | "ON">("nmod")),
      Speed: both({ ...word("fnsp"), write: setSpeed }),
      Oscillation: both(word<"OFF" | "ON">("oson")),
      FilterLife: only({ field: "filf", read: plain }),
      Humidity: only({ field: "hact", read: plain }),
      AQI: only({ field: "vact", read: plain }),
      Dust: only({ field: "pact", read: plain }),
      Temperature: only({ field: "tact", read: (tact) => String(Math.round(celsius(tact))) }),
    },
  });

/** What the agent loads. */
export const pureCoolLink = pureCoolLinkOver(openSocket);
export const dysonFan = dysonFanOver(openSocket);

/** Serial number of the purifier that `npm start` emulates. */
export const emulatedSerial = "NN2-EU-KKA0717A";

/** The purifier writes every number with four digits. */
function digits(value: number): string {
  return String(value).padStart(4, "0");
}
function plain(said: string): string {
  return String(Number(said));
}
