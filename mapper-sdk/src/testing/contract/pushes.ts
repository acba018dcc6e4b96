import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import type { Device } from "../../mapper.ts";
import { propertyOf } from "../../model.ts";
import type { Push } from "./fixture.ts";
import {
  assertSameValue,
  type ContractPromise,
  closeCleanly,
  namesOf,
  onRig,
  type Rig,
  type Subject,
  settles,
} from "./rig.ts";

/** What a property pushes arrives, and watching it ends when its caller aborts, leaves or the device closes. */
export function pushPromises(subject: Subject): ContractPromise[] {
  const pushes = pushesOf(subject);
  return [
    {
      name: "pushes exactly the properties whose pushes the fixture tells how to cause",
      run: () =>
        onRig(subject, async (rig) => {
          const device = await rig.open();
          const pushed = namesOf(subject).filter((name) => device.watch(name) !== undefined);
          const told = pushes.map(([name]) => name);
          assert.deepEqual(pushed.toSorted(), told.toSorted(), "watch() and fixture.pushes do not agree");
          await closeCleanly(rig, device);
        }),
    },
    ...pushes.flatMap(([name, changes]) => [
      { name: `pushes every change of ${name}`, run: () => pushesChanges(subject, name, changes) },
      ...(["abort", "close", "leave"] as const).map((end) => ({
        name: `stops pushing ${name} when its watcher ${ends[end]}, and forgets it`,
        run: () => stopsPushing(subject, name, end),
      })),
    ]),
  ];
}

const ends = { abort: "aborts", close: "finds the device closed", leave: "leaves the loop" } as const;

const pushesOf = ({ fixture }: Subject): [string, readonly Push<unknown>[]][] =>
  Object.entries(fixture.pushes ?? {}).flatMap(([name, changes]) => (changes ? [[name, changes]] : []));

async function pushesChanges(subject: Subject, name: string, changes: readonly Push<unknown>[]): Promise<void> {
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    const values = watch(device, name);
    for (const { change, value } of changes) {
      const next = values.next();
      await rig.settle();
      await change(rig.board);
      const pushed = await rig.run(next);
      assert.ok(!pushed.done, `the pushes of ${name} ended by themselves`);
      assertSameValue(propertyOf(device.model, name), [pushed.value, value]);
    }
    await values.return?.();
    await closeCleanly(rig, device);
  });
}

async function stopsPushing(subject: Subject, name: string, end: keyof typeof ends): Promise<void> {
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    await rig.settle();
    const before = rig.board.listeners;
    const watcher = new AbortController();
    const values = watch(device, name, watcher.signal);
    const next = values.next();
    await rig.settle();
    await endBy(end, { rig, device, watcher, values });
    assert.ok(await settles(rig, next), `a watcher that ${ends[end]} still waits for ${name}`);
    assert.deepEqual(await next, { done: true, value: undefined });
    assert.deepEqual(await values.next(), { done: true, value: undefined });
    const left = rig.board.listeners - (end === "close" ? 0 : before);
    assert.ok(left <= 0, `${left} listeners of ${name} stay on the board; end the watch when signal aborts`);
    assert.equal(getEventListeners(watcher.signal, "abort").length, 0, "a listener stays on the watcher's signal");
    await closeCleanly(rig, device);
  });
}

interface Watching {
  readonly rig: Rig;
  readonly device: Device;
  readonly watcher: AbortController;
  readonly values: AsyncIterator<unknown>;
}

async function endBy(end: keyof typeof ends, { rig, device, watcher, values }: Watching): Promise<void> {
  if (end === "abort") watcher.abort();
  else if (end === "close") await rig.run(device[Symbol.asyncDispose]());
  else await values.return?.();
  await rig.settle();
}

function watch(device: Device, name: string, signal?: AbortSignal): AsyncIterator<unknown> {
  const pushed = device.watch(name, signal && { signal });
  assert.ok(pushed, `${name} cannot be watched`);
  return pushed[Symbol.asyncIterator]();
}
