import { test } from "node:test";
import { expectTypeOf } from "expect-type";
import {
  type Device,
  defineMapper,
  defineModel,
  defineProtocol,
  f,
  fields,
  type Mapper,
  type MapperError,
  type Model,
  type Names,
  type NoMethods,
  p,
  type ReadResult,
  type Values,
  type WritableNames,
} from "./index.ts";
import type { ContractFixture } from "./testing/index.ts";

const light = defineModel(
  "traffic-light",
  {
    state: p.oneOf(["red", "amber", "green"], { access: "rw" }),
    brightness: p.int({ min: 0, max: 100, access: "rw" }),
    lux: p.int({ unit: "lx" }),
    energy: p.int64(),
    serial: p.string({ access: "r" }),
    image: p.bytes(),
  },
  { failSafe: { state: "red" } },
);
const visitor = fields({ line: f.int(), activeLow: f.withDefault(f.boolean(), false), pull: f.optional(f.string()) });
const connection = fields({ path: f.string() });

test("a model is the single source of its value types", () => {
  expectTypeOf<Values<typeof light>>().toEqualTypeOf<{
    state: "red" | "amber" | "green";
    brightness: number;
    lux: number;
    energy: bigint;
    serial: string;
    image: Uint8Array;
  }>();
  expectTypeOf<Names<typeof light>>().toEqualTypeOf<"state" | "brightness" | "lux" | "energy" | "serial" | "image">();
  expectTypeOf<WritableNames<typeof light>>().toEqualTypeOf<"state" | "brightness">();
});

test("a model known only at run time has any name and unknown values, and can be written", () => {
  expectTypeOf<Names<Model>>().toEqualTypeOf<string>();
  expectTypeOf<WritableNames<Model>>().toEqualTypeOf<string>();
  expectTypeOf<Device["read"]>().parameter(0).toEqualTypeOf<string>();
  expectTypeOf<Device["write"]>().parameter(1).toEqualTypeOf<unknown>();
});

test("a mapper and a device of one model pass where any mapper or device is wanted", () => {
  expectTypeOf<Mapper<typeof light>>().toExtend<Mapper>();
  expectTypeOf<Device<typeof light>>().toExtend<Device>();
});

test("a device is read, written and watched by the names and types of its model", () => {
  type Light = Device<typeof light>;
  const read = (device: Light) => [device.read("state"), device.read("energy"), device.watch("lux")] as const;
  type Read = ReturnType<typeof read>;
  expectTypeOf<Read[0]>().toEqualTypeOf<Promise<"red" | "amber" | "green">>();
  expectTypeOf<Read[1]>().toEqualTypeOf<Promise<bigint>>();
  expectTypeOf<Read[2]>().toEqualTypeOf<AsyncIterable<number | MapperError> | undefined>();
  const readMany = (device: Light) => device.readMany(["state", "energy"]);
  expectTypeOf<Awaited<ReturnType<typeof readMany>>>().toEqualTypeOf<{
    readonly state?: ReadResult<"red" | "amber" | "green">;
    readonly energy?: ReadResult<bigint>;
  }>();
});

test("handlers are typed by the model, visitors and connection by their schemas, the session by open", () => {
  const power = defineModel("power", { on: p.boolean({ access: "rw" }), level: p.int() });
  defineMapper({
    protocol: "fake",
    model: power,
    connection,
    visitor,
    bus: ({ path }) => path,
    open({ visitors, connection, initial }) {
      expectTypeOf(visitors.on.line).toEqualTypeOf<number>();
      expectTypeOf(visitors.level.activeLow).toEqualTypeOf<boolean>();
      expectTypeOf(visitors.on.pull).toEqualTypeOf<string | undefined>();
      expectTypeOf(connection.path).toEqualTypeOf<string>();
      expectTypeOf(initial.on).toEqualTypeOf<bigint | number | boolean | string | Uint8Array | undefined>();
      return { handle: 42 as const };
    },
    properties: {
      on: {
        read({ session, visitor }) {
          expectTypeOf(session).toEqualTypeOf<{ handle: 42 }>();
          expectTypeOf(visitor.line).toEqualTypeOf<number>();
          return true;
        },
        write(_context, value) {
          expectTypeOf(value).toEqualTypeOf<boolean>();
        },
      },
      level: { read: () => 1 },
    },
    readMany({ session, wanted }) {
      expectTypeOf(session).toEqualTypeOf<{ handle: 42 }>();
      expectTypeOf(wanted[0]?.name).toEqualTypeOf<"on" | "level" | undefined>();
      expectTypeOf(wanted[0]?.visitor.line).toEqualTypeOf<number | undefined>();
      return { on: true, level: new Error("broken wire") };
    },
  });
});

test("a mapper without a connection schema gets none", () => {
  defineMapper({
    protocol: "fake",
    model: defineModel("level", { level: p.int() }),
    visitor,
    open({ connection }) {
      expectTypeOf(connection).toEqualTypeOf<undefined>();
    },
    properties: { level: { read: () => 1 } },
  });
});

test("bound visitors may leave out what has a default, and constants become visitors of the same type", () => {
  expectTypeOf(registers.bind(sensor, { level: { line: 1 } })).toEqualTypeOf<Mapper<typeof sensor, NoMethods>>();
  expectTypeOf(registers.bind(sensor, ({ pin }) => ({ level: { line: Number(pin) } }))).toEqualTypeOf<
    Mapper<typeof sensor, NoMethods>
  >();
});

test("methods are typed by their schemas, their session by open, and called by name", () => {
  const mapper = defineMapper({
    protocol: "fake",
    model: sensor,
    visitor,
    open: async ({ visitors }) => ({ line: visitors.level.line }),
    properties: { level: { read: ({ session }) => session.line } },
    methods: (method) => ({
      reset: method({
        description: "Starts over.",
        run({ session, visitors }) {
          expectTypeOf(session).toEqualTypeOf<{ line: number }>();
          expectTypeOf(visitors.level.activeLow).toEqualTypeOf<boolean>();
        },
      }),
      move: method({
        description: "Moves.",
        input: fields({ steps: f.int(), speed: f.withDefault(f.number(), 1) }),
        output: fields({ moved: f.int() }),
        run(_context, { steps, speed }) {
          expectTypeOf(speed).toEqualTypeOf<number>();
          return { moved: steps };
        },
      }),
      blink: method({ description: "Blinks.", input: fields({ times: f.optional(f.int()) }), run() {} }),
    }),
  });
  type Moving = Awaited<ReturnType<(typeof mapper)["open"]>>;
  const call = (device: Moving) =>
    [
      device.call("reset"),
      device.call("move", { steps: 1 }),
      device.call("blink"),
      device.call("reset", undefined, {}),
    ] as const;
  expectTypeOf<ReturnType<typeof call>[0]>().toEqualTypeOf<Promise<undefined>>();
  expectTypeOf<ReturnType<typeof call>[1]>().toEqualTypeOf<Promise<{ readonly moved: number }>>();
  expectTypeOf<typeof mapper>().toExtend<Mapper>();
  expectTypeOf<Moving>().toExtend<Device>();
  expectTypeOf<Device["call"]>().parameter(0).toEqualTypeOf<string>();
});

test("a contract fixture asks for the values of exactly the writable properties", () => {
  expectTypeOf<ContractFixture<typeof light>["writes"]>().toEqualTypeOf<{
    readonly state: readonly ("red" | "amber" | "green")[];
    readonly brightness: readonly number[];
  }>();
});

const lamp = defineModel("lamp", { power: p.boolean({ access: "rw" }) });
const sensor = defineModel("sensor", { level: p.int() });
const open = () => null;
const registers = defineProtocol({ protocol: "registers", visitor, open, read: () => 0, write() {} });

const resettable = defineMapper({
  protocol: "fake",
  model: sensor,
  visitor,
  open,
  properties: { level: { read: () => 1 } },
  methods: (method) => ({
    reset: method({ description: "Starts over.", input: fields({ register: f.int() }), run() {} }),
  }),
});

/** Never called: these lines exist for the compiler, which fails the build when one of them starts to compile. */
export function whatAMapperMayNotDo(device: Device<typeof light>, meter: Awaited<ReturnType<typeof resettable.open>>) {
  const base = { protocol: "fake", visitor, open };
  // @ts-expect-error a writable property needs a write handler
  defineMapper({ ...base, model: lamp, properties: { power: { read: () => true } } });
  // @ts-expect-error power is a boolean, not a number
  defineMapper({ ...base, model: lamp, properties: { power: { read: () => 1, write() {} } } });
  // @ts-expect-error every property of the model needs handlers
  defineMapper({ ...base, model: lamp, properties: {} });
  // @ts-expect-error a read-only property cannot be written
  defineMapper({ ...base, model: sensor, properties: { level: { read: () => 1, write() {} } } });
  // @ts-expect-error levle is no property of the sensor
  defineMapper({ ...base, model: sensor, properties: { level: { read: () => 1 }, levle: { read: () => 1 } } });
  // @ts-expect-error text is pushed where a number is read
  defineMapper({ ...base, model: sensor, properties: { level: { read: () => 1, watch: async function* () { yield "1" } } } }); // biome-ignore format: one statement per error

  // @ts-expect-error text is returned where many are read and one is a number
  defineMapper({ ...base, model: sensor, properties: { level: { read: () => 1 } }, readMany: () => ({ level: "1" }) });

  // @ts-expect-error lien is no setting of the visitor, line is
  registers.bind(sensor, { level: { line: 1, lien: 1 } });
  // @ts-expect-error the line is missing
  registers.bind(sensor, { level: { activeLow: true } });
  // @ts-expect-error level has no visitor
  registers.bind(sensor, {});
  // @ts-expect-error a line is a number
  registers.bind(sensor, { level: { line: "1", activeLow: false } });
  // @ts-expect-error the sensor has no property levle that could have a visitor
  registers.bind(sensor, { level: { line: 1 }, levle: { line: 2 } });
  // @ts-expect-error computed visitors are checked too: lien is no setting
  registers.bind(sensor, () => ({ level: { lien: 1 } }));

  // @ts-expect-error the traffic light has no property blue
  void device.read("blue");
  // @ts-expect-error lux is read-only
  void device.write("lux", 5);
  // @ts-expect-error the state cannot be blue
  void device.write("state", "blue");
  // @ts-expect-error a meter has no method rest
  void meter.call("rest", { register: 1 });
  // @ts-expect-error reset takes a register
  void meter.call("reset", { regster: 1 });
  // @ts-expect-error reset needs its input
  void meter.call("reset");
  // @ts-expect-error a method answers what it declared
  defineMapper({ ...base, model: sensor, properties: { level: { read: () => 1 } }, methods: (method) => ({ x: method({ description: "x", output: fields({ n: f.int() }), run: () => ({ m: 1 }) }) }) }); // biome-ignore format: one statement per error
  // @ts-expect-error a traffic light has no property amber
  defineModel("x", { state: p.boolean() }, { failSafe: { amber: true } });
  // @ts-expect-error state is a boolean
  defineModel("x", { state: p.boolean() }, { failSafe: { state: "on" } });
  // @ts-expect-error access is "r" or "rw"
  p.boolean({ access: "w" });
  // @ts-expect-error bounds of a 64-bit number are bigints
  p.int64({ min: 0 });
}
