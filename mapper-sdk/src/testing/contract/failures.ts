import assert from "node:assert/strict";
import { MapperError } from "../../errors.ts";
import type { Device } from "../../mapper.ts";
import { assertReleased, type ContractPromise, lastSteps, namesOf, onRig, type Rig, type Subject } from "./rig.ts";

/** Far more operations than any device needs to be opened, written and read; beyond it something repeats for ever. */
const operationLimit = 2000;

/** Promises 1 and 5 of the design: no single failure leaks a handle, and each leaves as one of our errors. */
export function failurePromises(subject: Subject): ContractPromise[] {
  return [
    {
      name: "survives a failure of any single board operation",
      run: async () => {
        for (let nth = 1; nth <= operationLimit; nth++) if (!(await survives(subject, nth))) return;
        assert.fail(`opening, writing and reading once takes more than ${operationLimit} board operations`);
      },
    },
  ];
}

/** Whether there was an `nth` operation to fail. */
async function survives(subject: Subject, nth: number): Promise<boolean> {
  let reached = false;
  await onRig(subject, async (rig) => {
    const { faults } = rig.board;
    const listenersBefore = rig.board.listeners;
    faults.failAt(nth);
    const error = await exercise(subject, rig);
    reached = faults.count >= nth;
    const when = reached ? `when board operation ${nth} failed (${faults.trace[nth - 1]})` : "without any failure";
    assert.ok(error === undefined || reached, `${error} without any failure`);
    if (error !== undefined) assertOurs(error, `${when}. ${lastSteps(rig.board)}`);
    assertReleased(rig.board, when);
    assert.equal(rig.board.listeners, listenersBefore, `left a listener on a line ${when}`);

    faults.mend();
    const after = await exercise(subject, rig);
    assert.equal(after, undefined, `did not work again after a failure: ${after}`);
  });
  return reached;
}

function assertOurs(error: unknown, when: string): void {
  assert.ok(error instanceof MapperError, `threw ${error}, which is no MapperError, ${when}`);
  assert.ok(error.retryable, `threw ${error.code}, which nobody would try again, ${when}`);
}

/** Opens, writes, reads, calls and watches everything once and closes; the error that stopped it, or undefined. */
async function exercise(subject: Subject, rig: Rig): Promise<unknown> {
  let device: Device | undefined;
  try {
    device = await rig.open();
    for (const [name, values] of subject.writes) for (const value of values) await rig.run(device.write(name, value));
    for (const name of namesOf(subject)) await rig.run(device.read(name));
    for (const result of Object.values(await rig.run(device.readMany(namesOf(subject))))) {
      if (result?.error) throw result.error;
    }
    for (const { name, input } of subject.calls) await rig.run(device.call(name, input));
    for (const name of namesOf(subject)) await glance(rig, device, name);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    if (device) await rig.run(device[Symbol.asyncDispose]());
  }
}

/** Watches for a moment and leaves. */
async function glance({ run, settle }: Rig, device: Device, name: string): Promise<void> {
  const leaving = new AbortController();
  const values = device.watch(name, { signal: leaving.signal })?.[Symbol.asyncIterator]();
  if (!values) return;
  const first = values.next();
  // A watch may fail at once; the rejection is looked at below, after the pause.
  first.catch(() => undefined);
  await settle();
  leaving.abort();
  await run(first);
  await settle();
}
