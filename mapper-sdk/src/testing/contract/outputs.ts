import assert from "node:assert/strict";
import type { Device } from "../../mapper.ts";
import { propertyOf } from "../../model.ts";
import { showValue, type Value } from "../../value.ts";
import type { SimLine } from "../sim-line.ts";
import {
  assertSameValue,
  type ContractPromise,
  closeCleanly,
  onRig,
  type Rig,
  type Subject,
  twinValue,
} from "./rig.ts";

/** What a device left behind when it was closed: its writable values, and the wires it drove. */
interface Left {
  readonly initial: Readonly<Record<string, Value>>;
  /** Share of the period each driven wire was high, by name of the line. */
  readonly duties: ReadonlyMap<string, number>;
}

/**
 * Outputs come up at their initial values: a restart of the agent changes no wire, and a cold start drives each wire
 * to its level in one step. Says nothing about devices that are not on lines of the board.
 */
export function outputPromises(subject: Subject): ContractPromise[] {
  return subject.writes.map(([name, values]) => ({
    name: `comes up with ${name} at its initial value without a glitch`,
    run: async () => {
      for (const value of values) await comesUp(subject, name, value);
    },
  }));
}

async function comesUp(subject: Subject, name: string, value: unknown): Promise<void> {
  let left: Left | undefined;
  await onRig(subject, async (rig) => {
    const device = await rig.open();
    await rig.run(device.write(name, value));
    left = await leave(rig, device, subject);
    await restart(rig, left, { name, value });
  });
  await onRig(subject, async (rig) => await coldStart(rig, left as Left, { name, value }));
}

async function leave(rig: Rig, device: Device, subject: Subject): Promise<Left> {
  const initial: Record<string, Value> = {};
  for (const [writable] of subject.writes) {
    initial[writable] = twinValue(propertyOf(device.model, writable), await rig.run(device.read(writable)));
  }
  const duties = new Map(driven(rig).map((line) => [line.name, line.duty]));
  await closeCleanly(rig, device);
  return { initial, duties };
}

interface Shown {
  readonly name: string;
  readonly value: unknown;
}

async function restart(rig: Rig, { initial, duties }: Left, { name, value }: Shown): Promise<void> {
  // What the closed device drove on its way out, e.g. a fail-safe level, is not what the restart is about.
  for (const [line, duty] of duties) if (rig.board.line(line).duty !== duty) rig.board.line(line).drive(duty > 0.5);
  const watched = [...duties].filter(([line, duty]) => rig.board.line(line).duty === duty).map(([line]) => line);
  const seen = watched.map((line) => record(rig.board.line(line)));
  const device = await rig.open({ initial });
  for (const { line, duties: changes } of seen) {
    const text = `${line.name} changed to ${changes.join(", ")} while opening with ${name} = ${showValue(value)}`;
    assert.deepEqual(changes, [], `${text}, which it showed already; pass initial to board.gpio.output`);
  }
  assertSameValue(propertyOf(device.model, name), [await rig.run(device.read(name)), value]);
  await closeCleanly(rig, device);
}

async function coldStart(rig: Rig, { initial, duties }: Left, { name, value }: Shown): Promise<void> {
  const seen = [...duties.keys()].map((line) => record(rig.board.line(line)));
  const device = await rig.open({ initial });
  for (const { line, duties: changes } of seen) {
    const text = `${line.name} with ${name} = ${showValue(value)} as its initial value`;
    assert.equal(line.duty, duties.get(line.name), `${text} came up at another level`);
    assert.ok(changes.length <= 1, `${text} went ${changes.join(", ")} instead of straight to its level`);
  }
  await closeCleanly(rig, device);
}

const driven = ({ board }: Rig): SimLine[] => board.lines().filter(({ direction }) => direction === "out");

function record(line: SimLine): { readonly line: SimLine; readonly duties: readonly number[] } {
  const duties: number[] = [];
  line.onDuty((duty) => duties.push(duty));
  return { line, duties };
}
