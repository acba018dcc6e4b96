import assert from "node:assert/strict";
import { showValue } from "../../value.ts";
import {
  assertRefused,
  type ContractPromise,
  closeCleanly,
  lastSteps,
  type MethodSubject,
  onRig,
  type Subject,
} from "./rig.ts";

/** Promises about methods: each runs as declared, and wrong input never reaches the board. */
export function callPromises(subject: Subject): ContractPromise[] {
  const declared = subject.mapper.methods ?? [];
  return declared.flatMap(({ name }) => {
    const method = subject.calls.find((candidate) => candidate.name === name);
    return [
      { name: `runs the method ${name}`, run: () => runs(subject, name, method) },
      {
        name: `refuses wrong input of the method ${name} before touching the board`,
        run: () => refuses(subject, name),
      },
    ];
  });
}

async function runs(subject: Subject, name: string, method: MethodSubject | undefined): Promise<void> {
  assert.ok(method, `the fixture does not say how ${name} is called: add methods.${name} with its input`);
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    await rig.run(device.call(name, method.input));
    // What it left behind must not keep the device from being called, or closed, once more.
    await rig.run(device.call(name, method.input));
    await closeCleanly(rig, device);
  });
}

async function refuses(subject: Subject, name: string): Promise<void> {
  const { badInputs = [] } = subject.calls.find((candidate) => candidate.name === name) ?? {};
  const takesNothing = subject.mapper.methods?.find((facts) => facts.name === name)?.input?.length === 0;
  const wrong = takesNothing ? [...badInputs, { not: "a setting" }, "text"] : badInputs;
  assert.notEqual(wrong.length, 0, `methods.${name}.badInputs is empty: which input is wrong?`);
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    const before = rig.board.faults.count;
    for (const input of wrong) {
      const error = await assertRefused(rig.run(device.call(name, input)), "VALUE_INVALID");
      assert.ok(error.message.includes(name), `the message does not name ${name}: ${error.message}`);
      assert.equal(rig.board.faults.count, before, `${showValue(input)} reached the board. ${lastSteps(rig.board)}`);
    }
    await assertRefused(rig.run(device.call(`${name}-or-else`)), "VALUE_INVALID");
    await closeCleanly(rig, device);
  });
}
