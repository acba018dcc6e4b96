import assert from "node:assert/strict";
import type { CallOptions, Device } from "../../mapper.ts";
import {
  assertRefused,
  assertReleased,
  type ContractPromise,
  closeCleanly,
  lastSteps,
  namesOf,
  onRig,
  type Rig,
  type Subject,
  settles,
} from "./rig.ts";

interface Call {
  readonly title: string;
  /** Property that must be readable afterwards. */
  readonly name: string;
  readonly start: (device: Device, options: CallOptions) => Promise<unknown>;
}

/** Promise 4 of the design: whoever gives up is free at once, and nobody else notices. */
export function abortPromises(subject: Subject): ContractPromise[] {
  const reads = namesOf(subject).map((name) => ({
    title: `reading ${name}`,
    name,
    start: (device: Device, options: CallOptions) => device.read(name, options),
  }));
  const all = {
    title: "reading many properties",
    name: namesOf(subject)[0] ?? "",
    start: (device: Device, options: CallOptions) => device.readMany(namesOf(subject), options),
  };
  const writes = subject.writes.map(([name, [value]]) => ({
    title: `writing ${name}`,
    name,
    start: (device: Device, options: CallOptions) => device.write(name, value, options),
  }));
  const calls = subject.calls.map(({ name, input }) => ({
    title: `calling ${name}`,
    name: namesOf(subject)[0] as string,
    start: (device: Device, options: CallOptions) => device.call(name, input, options),
  }));
  return [
    ...[...reads, all, ...writes, ...calls].map((call) => ({
      name: `stops ${call.title} at once when its caller aborts, even on stalled hardware, and goes on serving others`,
      run: async () => {
        await abortedBefore(subject, call);
        await eachStep((nth) => abortedAt(subject, call, nth));
      },
    })),
    {
      name: "releases everything when opening is given up half way",
      run: async () => {
        await openAbortedBefore(subject);
        await eachStep((nth) => openAbortedAt(subject, nth));
      },
    },
  ];
}

/** Repeats `check` for the 1st, 2nd, 3rd … board operation until it says that there was none. */
async function eachStep(check: (nth: number) => Promise<boolean>): Promise<void> {
  for (let nth = 1; nth <= 2000; nth++) if (!(await check(nth))) return;
  assert.fail("takes more than 2000 board operations");
}

async function abortedBefore(subject: Subject, call: Call): Promise<void> {
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    const before = rig.board.faults.count;
    await assertRefused(rig.run(call.start(device, { signal: AbortSignal.abort() })), "DEVICE_ABORTED");
    assert.equal(rig.board.faults.count, before, `${call.title} touched the board for a caller that had given up`);
    await closeCleanly(rig, device);
  });
}

/** Gives up on the call while its `nth` operation stalls, alone and beside another caller. False: there is no such operation. */
async function abortedAt(subject: Subject, call: Call, nth: number): Promise<boolean> {
  let stalled = false;
  await onRig(subject, async (rig) => {
    const { faults } = rig.board;
    const device = await rig.open();
    faults.stallAt(nth);
    const caller = new AbortController();
    const given = call.start(device, { signal: caller.signal });
    stalled = !(await settlesInTime(rig, given));
    if (stalled) {
      const before = faults.trace.length;
      await giveUp(rig, call.title, { caller, given });
      faults.resume();
      await settlesInTime(rig, new Promise(() => {}));
      const { cleanup } = subject.fixture;
      const more = faults.trace.slice(before).filter((step) => !cleanup || step.search(cleanup) === -1);
      const hint = "pass signal down, or call signal.throwIfAborted() between steps";
      assert.deepEqual(more, [], `${call.title} went on after its caller had given up; ${hint}`);
    }
    faults.resume();
    await rig.run(device.read(call.name));
    await closeCleanly(rig, device);
  });
  if (stalled) await servesOthers(subject, call, nth);
  return stalled;
}

async function servesOthers(subject: Subject, call: Call, nth: number): Promise<void> {
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    rig.board.faults.stallAt(nth);
    const caller = new AbortController();
    const given = call.start(device, { signal: caller.signal });
    const others = namesOf(subject).map((name) => device.read(name));
    const outcome = Promise.allSettled(others);
    await rig.settle();
    await giveUp(rig, call.title, { caller, given });
    rig.board.faults.resume();
    for (const [index, other] of (await rig.run(outcome)).entries()) {
      const name = namesOf(subject)[index];
      assert.equal(other.status, "fulfilled", `reading ${name} failed because the caller ${call.title} gave up`);
    }
    await closeCleanly(rig, device);
  });
}

interface GivenUp {
  readonly caller: AbortController;
  readonly given: Promise<unknown>;
}

async function giveUp(rig: Rig, title: string, { caller, given }: GivenUp): Promise<void> {
  caller.abort();
  assert.ok(await settles(rig, given), `${title} holds a caller that gave up while the hardware stalls`);
  // What had finished before the caller gave up stays finished.
  await given.catch(async () => await assertRefused(given, "DEVICE_ABORTED"));
}

async function openAbortedBefore(subject: Subject): Promise<void> {
  await onRig(subject, async ({ board, open }) => {
    await assertRefused(open({ signal: AbortSignal.abort() }), "DEVICE_ABORTED");
    assert.equal(board.faults.count, 0, `touched the board although the agent was stopping. ${lastSteps(board)}`);
  });
}

async function openAbortedAt(subject: Subject, nth: number): Promise<boolean> {
  let stalled = false;
  await onRig(subject, async (rig) => {
    const { faults } = rig.board;
    faults.stallAt(nth);
    const caller = new AbortController();
    const given = rig.open({ signal: caller.signal });
    stalled = !(await settlesInTime(rig, given));
    const when = `after opening was given up at board operation ${nth}`;
    if (!stalled && (await gaveUpItself(given))) stalled = true;
    else if (stalled) {
      await giveUp(rig, "opening", { caller, given });
      // A timer of an open that was on its way fired meanwhile: nothing was stalled.
      stalled = await given.then(
        () => false,
        () => true,
      );
    }
    faults.resume();
    await rig.settle();
    if (!stalled) return await closeCleanly(rig, await given);
    assertReleased(rig.board, when);
    await closeCleanly(rig, await rig.open());
  });
  return stalled;
}

/** Whether an open that nobody aborted ended by a limit of its own, as one that waits for a network has. */
async function gaveUpItself(given: Promise<unknown>): Promise<boolean> {
  const failed = await given.then(
    () => false,
    () => true,
  );
  if (failed) await assertRefused(given, "DEVICE_IO", "DEVICE_BUSY");
  return failed;
}

/** Whether `outcome` settles when the clock moves from timer to timer; gives a mapper that never rests 200 timers. */
async function settlesInTime(rig: Rig, outcome: PromiseLike<unknown>): Promise<boolean> {
  const { clock } = rig;
  for (let timers = 0; timers < 200; timers++) {
    if (await settles(rig, outcome)) return true;
    if (clock.nextDueMs === undefined) return false;
    await clock.advance(clock.nextDueMs);
  }
  return false;
}
