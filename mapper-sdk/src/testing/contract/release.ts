import assert from "node:assert/strict";
import { assertRefused, assertReleased, type ContractPromise, namesOf, onRig, type Subject, settles } from "./rig.ts";

/** Promise 1 of the design, the part after `open`: what was acquired is released on close, once. */
export function releasePromises(subject: Subject): ContractPromise[] {
  const names = namesOf(subject);
  return [
    {
      name: "releases everything once, however often it is closed",
      run: () =>
        onRig(subject, async ({ board, open, run }) => {
          const device = await open();
          await run(Promise.all([device[Symbol.asyncDispose](), device[Symbol.asyncDispose]()]));
          await run(device[Symbol.asyncDispose]());
          assertReleased(board, "after the device was closed three times");
        }),
    },
    {
      name: "serves nobody after it was closed",
      run: () =>
        onRig(subject, async ({ board, open, run }) => {
          const device = await open();
          await run(device[Symbol.asyncDispose]());
          const before = board.faults.count;
          for (const name of names) await assertRefused(run(device.read(name)), "DEVICE_ABORTED");
          for (const [name, [value]] of subject.writes)
            await assertRefused(run(device.write(name, value)), "DEVICE_ABORTED");
          for (const { name, input } of subject.calls)
            await assertRefused(run(device.call(name, input)), "DEVICE_ABORTED");
          assert.equal(board.faults.count, before, "touched the board after it was closed");
        }),
    },
    {
      name: "ends what is in flight when it is closed on stalled hardware",
      run: () =>
        onRig(subject, async (rig) => {
          const { board, open, run } = rig;
          const device = await open();
          board.faults.stall();
          const readings = names.map((name) => device.read(name));
          const waiting = [];
          for (const reading of readings) if (!(await settles(rig, reading))) waiting.push(reading);
          const closing = device[Symbol.asyncDispose]();
          for (const reading of waiting) {
            assert.ok(await settles(rig, reading), "a reading outlived the close of its device");
            await assertRefused(reading, "DEVICE_ABORTED");
          }
          board.faults.resume();
          await run(closing);
          assertReleased(board, "after a close with readings in flight");
        }),
    },
  ];
}
