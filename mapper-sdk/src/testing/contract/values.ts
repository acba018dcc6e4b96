import assert from "node:assert/strict";
import type { Device } from "../../mapper.ts";
import type { Property } from "../../model.ts";
import { propertyOf } from "../../model.ts";
import { sameValue, showValue } from "../../value.ts";
import {
  assertRefused,
  assertSameValue,
  type ContractPromise,
  closeCleanly,
  lastSteps,
  namesOf,
  onRig,
  type Rig,
  type Subject,
  twinValue,
} from "./rig.ts";

/** Promise 3 of the design: values are checked on the way in and out, and a write reaches the device. */
export function valuePromises(subject: Subject): ContractPromise[] {
  const { properties } = subject.mapper.model;
  const readOnly = namesOf(subject).filter((name) => properties[name]?.access === "r");
  return [
    {
      name: "reads every property as its model type",
      run: () =>
        onRig(subject, async (rig) => {
          const device = await rig.open();
          for (const name of namesOf(subject)) await rig.run(device.read(name));
          await closeCleanly(rig, device);
        }),
    },
    { name: "reads many properties as it reads each", run: () => readsMany(subject) },
    ...subject.writes.flatMap(([name, values]) => [
      { name: `reads back what it wrote to ${name}`, run: () => readsBack(subject, name, values) },
      {
        name: `refuses values ${name} cannot hold before touching the board`,
        run: () => refusesInvalid(subject, name),
      },
    ]),
    ...readOnly.map((name) => ({
      name: `refuses to write ${name}, which is read-only, before touching the board`,
      run: () =>
        onRig(subject, async (rig) => {
          const device = await rig.open();
          const value = await rig.run(device.read(name));
          const before = rig.board.faults.count;
          await assertRefused(rig.run(device.write(name, value)), "VALUE_INVALID");
          assert.equal(rig.board.faults.count, before, `touched the board first. ${lastSteps(rig.board)}`);
          await closeCleanly(rig, device);
        }),
    })),
  ];
}

/** With different values in turn, so that an answer from memory, or another property's, shows. */
async function readsMany(subject: Subject): Promise<void> {
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    for (let turn = 0; turn < 3; turn++) {
      for (const [index, [name, values]] of subject.writes.entries()) {
        await rig.run(device.write(name, values[(turn >> (index % 2)) % values.length]));
      }
      await comparesReadings(rig, device, subject);
    }
    await closeCleanly(rig, device);
  });
}

/** A value that moves by itself may be the one before or the one after. */
async function comparesReadings({ run }: Rig, device: Device, subject: Subject): Promise<void> {
  const names = namesOf(subject);
  const before = new Map<string, unknown>();
  for (const name of names) before.set(name, await run(device.read(name)));
  const together = await run(device.readMany(names));
  for (const name of names) {
    const property = propertyOf(device.model, name);
    const { value, error } = together[name] ?? assert.fail(`${name} is missing where many were read`);
    assert.equal(error, undefined, `${name} cannot be read together with others: ${error?.message}`);
    if (!differs(property, value, before.get(name))) continue;
    const after = await run(device.read(name));
    const moves = differs(property, before.get(name), after);
    const told = `read together with others it is ${showValue(value)}, alone ${showValue(after)}`;
    assert.ok(moves || !differs(property, value, after), `${name}: ${told}`);
  }
}

async function readsBack(subject: Subject, name: string, values: readonly unknown[]): Promise<void> {
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    const property = propertyOf(device.model, name);
    assert.ok(
      property.options?.length === 1 || values.some((value) => differs(property, value, values[0])),
      `give at least two different values in writes.${name}, so that a write that does nothing shows`,
    );
    for (const value of values) {
      await rig.run(device.write(name, value));
      assertSameValue(property, [await rig.run(device.read(name)), value]);
    }
    await closeCleanly(rig, device);
  });
}

const differs = (property: Property, a: unknown, b: unknown): boolean =>
  !sameValue(twinValue(property, a), twinValue(property, b));

async function refusesInvalid(subject: Subject, name: string): Promise<void> {
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    const before = rig.board.faults.count;
    for (const value of impossibleValues(propertyOf(device.model, name))) {
      const error = await assertRefused(rig.run(device.write(name, value)), "VALUE_INVALID");
      assert.ok(error.message.includes(name), `the message does not name ${name}: ${error.message}`);
      assert.equal(rig.board.faults.count, before, `${showValue(value)} reached the board. ${lastSteps(rig.board)}`);
    }
    await closeCleanly(rig, device);
  });
}

/** Values no property of this kind can hold. */
function impossibleValues({ min, max, options }: Property): unknown[] {
  const beyond = (limit: number | bigint, step: 1 | -1) =>
    typeof limit === "bigint" ? limit + BigInt(step) : limit + step * Math.max(1, Math.abs(limit) * 1e-3);
  return [
    { not: "a value" },
    null,
    undefined,
    Number.NaN,
    ...(min === undefined ? [] : [beyond(min, -1)]),
    ...(max === undefined ? [] : [beyond(max, 1)]),
    ...(options === undefined ? [] : [`${options.join("-")}-or-else`]),
  ];
}
