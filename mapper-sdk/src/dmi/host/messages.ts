/** What our own two sides say to each other, protobuf package `edgetwin.v1`. KubeEdge never calls it. */
import { many, maybe, one } from "../wire/field.ts";
import { map } from "../wire/map-field.ts";
import { type DraftOf, type MessageOf, message } from "../wire/message.ts";
import { bool, double, text, whole } from "../wire/scalar.ts";
import { configValue } from "./config-value.ts";
import { modelFacts } from "./model-facts.ts";
import { twinValue } from "./value.ts";

/** What a device does on demand. */
export const methodFacts = message("edgetwin.v1.Method", {
  name: one(1, text),
  description: one(2, text),
  /** The fields it takes. */
  input: maybe(3, configValue),
});

/** How a part looks for devices. */
export const discovererFacts = message("edgetwin.v1.Discoverer", {
  description: one(1, text),
  /** The fields it takes; missing when its schema does not tell. */
  options: maybe(2, configValue),
});

/** One mapper or protocol that the process serves. */
export const partFacts = message("edgetwin.v1.Part", {
  /** How requests name it. */
  id: one(1, text),
  /** `mapper` or `protocol`. */
  kind: one(2, text),
  protocol: one(3, text),
  /** Of a mapper. */
  model: maybe(4, modelFacts),
  /** Whether it completes configurations with settings of its own. */
  completes: one(5, bool),
  discoverer: maybe(6, discovererFacts),
  methods: many(7, methodFacts),
});
/** One mapper or protocol of a process. */
export type PartFacts = MessageOf<typeof partFacts>;

export const describeRequest = message("edgetwin.v1.DescribeRequest", {
  /** Who asks, for the log of the other side. */
  name: one(1, text),
  version: one(2, text),
});
export const description = message("edgetwin.v1.Description", {
  name: one(1, text),
  version: one(2, text),
  pid: one(3, whole),
  parts: many(4, partFacts),
  /** What its board is, for people. */
  board: one(5, text),
});
/** What a process of mappers says about itself and its mappers. */
export type Description = MessageOf<typeof description>;

/** A part, and what a manifest says about one device of it. */
const configured = {
  part: one(1, text),
  /** Of the device; for protocols, which serve any. */
  model: maybe(2, modelFacts),
  connection: maybe(3, configValue),
  visitors: maybe(4, configValue),
  constants: map(5, twinValue),
};
export const narrowRequest = message("edgetwin.v1.NarrowRequest", configured);
export const narrowResponse = message("edgetwin.v1.NarrowResponse", { model: maybe(1, modelFacts) });

export const openRequest = message("edgetwin.v1.OpenRequest", {
  ...configured,
  /** Chosen by the caller, unique for ever: names the device in later calls. */
  session: one(6, text),
  name: one(7, text),
  /** Twin values its outputs should show from the first instant on. */
  initial: map(8, twinValue),
});
/** What a process needs to know to open a device. */
export type OpenRequest = MessageOf<typeof openRequest>;
export const opened = message("edgetwin.v1.Opened", {
  /** Missing when the device sits on no bus. */
  bus: maybe(1, text),
  model: maybe(2, modelFacts),
  /** Properties that the device pushes. */
  watched: many(3, text),
  methods: many(4, methodFacts),
});
/** The answer to an `OpenRequest`: what the device is and can. */
export type Opened = MessageOf<typeof opened>;

export const sessionRequest = message("edgetwin.v1.SessionRequest", { session: one(1, text) });
export const empty = message("edgetwin.v1.Empty", {});

export const readRequest = message("edgetwin.v1.ReadRequest", {
  session: one(1, text),
  names: many(2, text),
  /** Names the pass for `yield`; unique in the session while it lasts. */
  pass: one(3, text),
});
/** Something more urgent waits: what the pass has not begun is left for another time. */
export const yieldRequest = message("edgetwin.v1.YieldRequest", { session: one(1, text), pass: one(2, text) });
/** A value, or why there is none. */
export const reading = message("edgetwin.v1.Reading", {
  name: one(1, text),
  value: maybe(2, twinValue),
  /** One of our codes. */
  errorCode: one(3, text),
  error: one(4, text),
});
export const readResponse = message("edgetwin.v1.ReadResponse", { readings: many(1, reading) });

export const writeRequest = message("edgetwin.v1.WriteRequest", {
  session: one(1, text),
  name: one(2, text),
  value: maybe(3, twinValue),
});
export const watchRequest = message("edgetwin.v1.WatchRequest", { session: one(1, text), name: one(2, text) });
/** A value, or why there is no good one now. */
export const pushedValue = message("edgetwin.v1.PushedValue", {
  value: maybe(1, twinValue),
  /** One of our codes. */
  errorCode: one(2, text),
  error: one(3, text),
});

export const callRequest = message("edgetwin.v1.CallRequest", {
  session: one(1, text),
  method: one(2, text),
  /** Missing when the method was given nothing. */
  input: maybe(3, configValue),
});
export const callResponse = message("edgetwin.v1.CallResponse", { output: maybe(1, configValue) });

export const finding = message("edgetwin.v1.Finding", {
  name: one(1, text),
  description: one(2, text),
  confidence: maybe(3, double),
  connection: maybe(4, configValue),
  visitors: maybe(5, configValue),
  model: maybe(6, modelFacts),
  facts: maybe(7, configValue),
  /** Name of the device that it already is. */
  known: maybe(8, text),
});
/** A device that a search found, as it is sent. */
export type FindingDraft = DraftOf<typeof finding>;

export const discoverRequest = message("edgetwin.v1.DiscoverRequest", {
  part: one(1, text),
  /** Missing when none were given. */
  options: maybe(2, configValue),
  /** Chosen by the caller, unique for ever: names the search when it takes its turns. */
  search: one(3, text),
  /** Devices of the protocol that are there already: by name, the connection of their manifest. */
  devices: maybe(4, configValue),
});
/** Something was found, or the search wants a turn on a bus: it goes on when the caller takes that turn for it. */
export const discoverResponse = message("edgetwin.v1.DiscoverResponse", {
  finding: maybe(1, finding),
  turn: one(2, text),
  bus: one(3, text),
});
export const turnRequest = message("edgetwin.v1.TurnRequest", { search: one(1, text), turn: one(2, text) });
