import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  type Board,
  type EdgeEvent,
  HalError,
  type I2cBus,
  type I2cOperation,
  type OutputLine,
  recordBoard,
  type SerialPort,
} from "@edgetwin/mapper-sdk";
import {
  type I2cChip,
  loadCapture,
  ManualClock,
  nack,
  parseCapture,
  replayBoard,
  SimBoard,
} from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";

const path = "/dev/ttyUSB0";

/** A board with a lamp, a chip that refuses some writes and a serial device that answers late. */
function world() {
  const clock = new ManualClock();
  const sim = new SimBoard({ clock });
  let last = 0;
  const chip: I2cChip = {
    write([first = 0]) {
      if (first > 200) throw nack("data", "too much");
      last = first;
    },
    read: (length) => new Uint8Array(length).fill(last),
  };
  sim.i2cBus(1).attach(0x48, chip);
  sim.serialPort(path).attach({
    receive: (bytes, wire) =>
      wire.send(
        bytes.map((byte) => byte ^ 0xff),
        { afterMs: 7 },
      ),
  });
  const lines: string[] = [];
  const board = recordBoard(sim, { clock, sink: (line) => lines.push(line) });
  const capture = () => parseCapture(lines.join("\n"), "test.jsonl");
  return { clock, sim, board, lines, capture };
}

type Step =
  | { readonly do: "set"; readonly active: boolean }
  | { readonly do: "transfer"; readonly address: number; readonly operations: readonly I2cOperation[] }
  | { readonly do: "ask"; readonly bytes: Uint8Array }
  | { readonly do: "wait"; readonly ms: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("set" as const), active: fc.boolean() }),
    fc.record({
      do: fc.constant("transfer" as const),
      address: fc.constantFrom(0x48, 0x49),
      operations: fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 4 }).map((write): I2cOperation => ({ write })),
          fc.nat(4).map((read): I2cOperation => ({ read })),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    fc.record({ do: fc.constant("ask" as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 50 }) }),
  ),
  { maxLength: 20 },
);

interface Opened {
  readonly lamp: OutputLine;
  readonly bus: I2cBus;
  readonly port: SerialPort;
}

/** Everything that the board answers to `script`, also with what it fails and when bytes come. */
async function play(board: Board, clock: ManualClock, script: readonly Step[]) {
  const seen: unknown[] = [];
  const arrivals: number[] = [];
  const opened: Opened = {
    lamp: await board.gpio.output("GPIO17", { initial: true }),
    bus: await board.i2c.open(1),
    port: await board.serial.open(path, { baudRate: 9600 }),
  };
  const end = new AbortController();
  const reading = (async () => {
    for await (const bytes of opened.port.bytes({ signal: end.signal })) {
      seen.push(["bytes", ...bytes]);
      arrivals.push(clock.monotonic());
    }
  })();
  await clock.advance(0);
  for (const step of script) seen.push(await clock.runUntil(answer(opened, clock, step)));
  await clock.advance(1000);
  end.abort();
  await reading;
  for (const resource of Object.values(opened)) await resource[Symbol.asyncDispose]();
  return { seen, arrivals };
}

async function answer({ lamp, bus, port }: Opened, clock: ManualClock, step: Step): Promise<unknown> {
  try {
    if (step.do === "wait") return await clock.advance(step.ms);
    if (step.do === "set") return [await lamp.set(step.active), await lamp.get()];
    if (step.do === "transfer") return (await bus.transfer(step.address, step.operations)).map((read) => [...read]);
    await port.write(step.bytes);
    return await port.drain();
  } catch (error) {
    assert.ok(error instanceof HalError);
    return [error.kind, error.phase, error.message];
  }
}

test("a replayed board answers whatever the recorded one did, when it did", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const recorded = world();
      const { seen, arrivals } = await play(recorded.board, recorded.clock, script);
      const clock = new ManualClock();
      await using replay = replayBoard(recorded.capture(), { clock });
      const replayed = await play(replay, clock, script);
      assert.deepEqual(replayed.seen, seen);
      // A capture keeps microseconds.
      for (const [index, ms] of replayed.arrivals.entries()) assert.ok(Math.abs(ms - (arrivals[index] ?? 0)) < 0.1);
      replay.assertFinished();
    }),
    { numRuns: 60 },
  );
});

test("a recording is transparent: resources that are opened later, names, lists, PWM and failures are in it", async () => {
  const { sim, board, capture } = world();
  await using fan = await board.pwm.output("GPIO18", { frequencyHz: 25, initialDuty: 0.5 });
  await fan.setDuty(0.25);
  assert.equal(await fan.duty(), 0.25);
  assert.equal(sim.line("GPIO18").duty, 0.25);
  assert.deepEqual(await board.i2c.list(), ["i2c-1"]);
  assert.deepEqual(await board.serial.list(), [{ path }]);
  sim.faults.failAt(1);
  await assert.rejects(board.gpio.output(4), /injected/);
  assert.throws(() => board.gpio.lineName("GPIO99"), { kind: "unknown" });
  assert.equal(board.name, "simulated board");

  await using replay = replayBoard(capture());
  await using again = await replay.pwm.output("GPIO18", { frequencyHz: 25, initialDuty: 0.5 });
  await again.setDuty(0.25);
  assert.equal(await again.duty(), 0.25);
  assert.deepEqual(await replay.i2c.list(), ["i2c-1"]);
  assert.deepEqual(await replay.serial.list(), [{ path }]);
  await assert.rejects(replay.gpio.output(4), /injected/);
  assert.throws(() => replay.gpio.lineName("GPIO99"), { kind: "unknown" });
  replay.assertFinished();
});

test("edges come back in time, each once, however many watched them", async () => {
  const { clock, sim, board, capture } = world();
  const watch = async (on: Board, time: ManualClock, press?: () => Promise<void>) => {
    await using button = await on.gpio.input(5, { pull: "down" });
    const seen: [boolean, number][][] = [[], []];
    const end = new AbortController();
    const readers = seen.map(async (into) => {
      for await (const { active, monotonicMs } of button.edges({ signal: end.signal }))
        into.push([active, monotonicMs]);
    });
    await time.advance(0);
    await press?.();
    await time.advance(1000);
    end.abort();
    await Promise.all(readers);
    return seen;
  };
  const recorded = await watch(board, clock, async () => {
    for (const high of [true, false, true]) {
      await clock.advance(30);
      sim.line(5).drive(high);
    }
  });
  assert.deepEqual(recorded[0], [
    [true, 30],
    [false, 60],
    [true, 90],
  ]);
  const time = new ManualClock();
  await using replay = replayBoard(capture(), { clock: time });
  assert.deepEqual(await watch(replay, time), recorded);
  replay.assertFinished();
});

test("a lost port is lost again, with the same words", async () => {
  const { sim, board, capture } = world();
  const lose = async (on: Board, unplug: () => void) => {
    await using port = await on.serial.open(path, { baudRate: 9600 });
    const next = port.bytes()[Symbol.asyncIterator]().next();
    unplug();
    await assert.rejects(next, { kind: "disconnected", message: `${path} was unplugged` });
    await assert.rejects(port.write(Uint8Array.of(1)), { kind: "disconnected" });
  };
  await lose(board, () => sim.serialPort(path).unplug());
  const clock = new ManualClock();
  await using replay = replayBoard(capture(), { clock });
  await lose(replay, () => void clock.advance(1));
});

test("what goes otherwise than recorded names the line, what was expected and what came", async () => {
  const { board, capture } = world();
  const bus = await board.i2c.open(1, { consumer: "somebody" });
  await bus.transfer(0x48, [{ write: Uint8Array.of(1, 2) }, { read: 2 }]);
  await using replay = replayBoard(capture());
  await using again = await replay.i2c.open(1, { consumer: "somebody else" });
  const expected =
    'test.jsonl line 3: expected i2c 1 0x48 transfer ["w 0102","r 2"], got i2c 1 0x48 transfer ["w 0103","r 2"]';
  await assert.rejects(again.transfer(0x48, [{ write: Uint8Array.of(1, 3) }, { read: 2 }]), {
    kind: "other",
    message: expected,
  });
  await assert.rejects(
    again.transfer(0x49, [{ read: 1 }]),
    /test\.jsonl has nothing recorded on i2c 1 0x49; got .*"r 1"/,
  );
  await assert.rejects(replay.gpio.output(17), /has no pin 17/);
  assert.equal(replay.mismatches[0]?.message, expected);
  assert.deepEqual(replay.left, [3]);
  assert.throws(() => replay.assertFinished(), /line 3/);
});

test("a caller that gave up while it was recorded waits in the replay until it gives up again", async () => {
  const { sim, board, capture } = world();
  const giveUp = async (on: Board) => {
    const caller = new AbortController();
    await using bus = await on.i2c.open(1);
    sim.faults.stall();
    const given = bus.transfer(0x48, [{ read: 1 }], { signal: caller.signal });
    caller.abort(new Error("gave up"));
    sim.faults.resume();
    await assert.rejects(given, /gave up/);
  };
  await giveUp(board);
  await using replay = replayBoard(capture());
  await giveUp(replay);
});

test("a later file of one recording begins with what is open, and can be replayed alone", async () => {
  const { board, lines } = world();
  await using _ = await board.gpio.output("GPIO4");
  const gone = await board.gpio.output("GPIO5");
  const bus = await board.i2c.open(1);
  await gone[Symbol.asyncDispose]();
  const later = [...board.preamble()];
  const seen = lines.length;
  await bus.transfer(0x48, [{ read: 1 }]);
  await bus[Symbol.asyncDispose]();
  later.push(...lines.slice(seen));
  await using replay = replayBoard(parseCapture(later.join("\n")));
  await using line = await replay.gpio.output("GPIO4");
  assert.ok(line);
  await using again = await replay.i2c.open(1);
  assert.deepEqual(await again.transfer(0x48, [{ read: 1 }]), [Uint8Array.of(0)]);
  replay.assertFinished();
});

test("a torn file is used up to its damaged line, and says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "edgetwin-capture-"));
  try {
    const { board, lines } = world();
    await using lamp = await board.gpio.output("GPIO17");
    for (const on of [true, false]) await lamp.set(on);
    const file = join(folder, "torn.jsonl");
    await writeFile(file, lines.join("\n").slice(0, -9));
    const capture = await loadCapture(file);
    assert.equal(capture.entries.length, lines.length - 2);
    assert.match(
      capture.damage ?? "",
      /torn\.jsonl is damaged from line 5 on \(it is not a whole JSON object\); 4 lines are used/,
    );
    await assert.rejects(loadCapture(join(folder, "missing.jsonl")), { code: "ENOENT" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("what is no capture is refused with the reason", () => {
  assert.throws(() => parseCapture("", "x"), /x is no capture/);
  assert.throws(() => parseCapture('{"hello":1}\n', "x"), /no header/);
  assert.throws(() => parseCapture('{"capture":2}\n', "x"), /version 2; this program reads version 1/);
});

test("whatever a file holds, loading it ends with a capture whose entries are sound, or with a TypeError", async () => {
  const { board, lines } = world();
  await using lamp = await board.gpio.output("GPIO17");
  await lamp.set(true);
  const sound = lines.join("\n");
  const damaged = fc
    .tuple(fc.nat(sound.length), fc.nat(20), fc.string({ unit: "binary" }))
    .map(([at, cut, junk]) => sound.slice(0, at) + junk + sound.slice(at + cut));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        damaged,
        fc.string(),
        fc.json().map((json) => `${lines[0]}\n${json}`),
      ),
      async (text) => {
        let capture: ReturnType<typeof parseCapture>;
        try {
          capture = parseCapture(text, "fuzz");
        } catch (error) {
          assert.ok(error instanceof TypeError);
          return;
        }
        for (const { n, ms, on } of capture.entries) assert.ok(n > 0 && ms >= 0 && typeof on === "string");
        await using replay = replayBoard(capture, { clock: new ManualClock() });
        await replay.gpio
          .output("GPIO17")
          .catch((error: unknown) => assert.ok(error instanceof HalError || error instanceof Error));
      },
    ),
    { numRuns: 500 },
  );
});

test("an edge is an edge event", async () => {
  const capture = parseCapture(
    [
      '{"capture":1,"board":"b","startedAt":""}',
      '{"n":1,"ms":0,"on":"gpio","do":"name","out":5,"in":"GPIO5"}',
      '{"n":2,"ms":0,"on":"gpio GPIO5","do":"open input","out":{}}',
      '{"n":3,"ms":10,"on":"gpio GPIO5","do":"edge","in":true}',
    ].join("\n"),
  );
  const clock = new ManualClock();
  await using replay = replayBoard(capture, { clock });
  await using button = await replay.gpio.input(5);
  const edge = button.edges()[Symbol.asyncIterator]().next();
  await clock.advance(10);
  assert.deepEqual((await edge).value satisfies EdgeEvent, { active: true, monotonicMs: 10 });
});
