import assert from "node:assert/strict";
import { systemClock } from "../../clock.ts";
import { completeConfig } from "../../complete-config.ts";
import { type ErrorCode, MapperError } from "../../errors.ts";
import type { Device, DeviceConfig, Environment, Mapper } from "../../mapper.ts";
import type { Property } from "../../model.ts";
import { sameValue, showValue, type Value } from "../../value.ts";
import { ManualClock, settle } from "../manual-clock.ts";
import type { SimBoard } from "../sim-board.ts";
import type { ContractFixture } from "./fixture.ts";
import { recordCheck } from "./record-check.ts";

/** One promise of the contract: a sentence about behaviour, and the check that rejects when it is broken. */
export interface ContractPromise {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** A mapper and its fixture with their types forgotten, as the promises use them. */
export interface Subject {
  readonly mapper: Mapper;
  readonly fixture: ContractFixture;
  /** Writable properties with the values to write. */
  readonly writes: readonly (readonly [name: string, values: readonly unknown[]])[];
  /** Methods that the fixture calls. */
  readonly calls: readonly MethodSubject[];
}

/** A method with an input that it takes and some that it does not. */
export interface MethodSubject {
  readonly name: string;
  readonly input?: unknown;
  readonly badInputs?: readonly unknown[];
}

/** One fresh board with the device simulated on it, and a clock that stands still. */
export interface Rig {
  readonly board: SimBoard;
  readonly clock: ManualClock;
  /** Opens the fixture's device on the board. */
  open(environment?: Partial<Environment>): Promise<Device>;
  openWith(config: DeviceConfig, environment?: Partial<Environment>): Promise<Device>;
  /** Lets everything run that can run without time passing. */
  settle(): Promise<void>;
  /** Waits for `outcome` while the clock moves from timer to timer. */
  run<T>(outcome: PromiseLike<T>): Promise<T>;
}

/** Runs `action` on a fresh rig and takes the board down afterwards. */
export async function onRig({ mapper, fixture }: Subject, action: (rig: Rig) => Promise<void>): Promise<void> {
  const { constants = {}, credential, patienceMs = 5000, settle: settleAll = settle } = fixture;
  const clock = fixture.clock?.() ?? new ManualClock();
  await using board = await fixture.board(clock);
  const run: Rig["run"] = async (outcome) => {
    const patience = new AbortController();
    const never = new Error(`never ended: still waiting after ${patienceMs} ms. ${lastSteps(board)}`);
    using _ = systemClock.after(patienceMs, () => patience.abort(never));
    return await clock.runUntil(outcome, patience);
  };
  const world = { clock, ...(credential && { credential }) };
  const recording = recordCheck(board, clock);
  const openWith: Rig["openWith"] = (config, environment) =>
    run(
      mapper.open(completeConfig(mapper, { config, constants }), { ...world, board: recording.board, ...environment }),
    );
  const open: Rig["open"] = (environment) => openWith(fixture.config, environment);
  try {
    await action({ board, clock, run, openWith, open, settle: settleAll });
  } catch (error) {
    await recording.keep(`${mapper.protocol}-${mapper.model.name}`, error);
    throw error;
  }
}

/** Names of all properties of the mapper's model. */
export const namesOf = ({ mapper }: Subject): string[] => Object.keys(mapper.model.properties);

/** Closes `device` and checks that the board got everything back, once. */
export async function closeCleanly({ board, run }: Rig, device: Device): Promise<void> {
  await run(device[Symbol.asyncDispose]());
  assertReleased(board, "after the device was closed");
}

/** Fails unless nothing on `board` is held and nothing was released twice. */
export function assertReleased(board: SimBoard, when: string): void {
  const held = board.held();
  assert.equal(
    held.length,
    0,
    `${held.join(", ")} still held ${when}; acquire with scope.use(...). ${lastSteps(board)}`,
  );
  assert.deepEqual(board.faults.misuse, [], `misuse ${when}. ${lastSteps(board)}`);
}

/** Fails unless `outcome` rejects with one of `codes`. */
export async function assertRefused(outcome: PromiseLike<unknown>, ...codes: ErrorCode[]): Promise<MapperError> {
  const error = await outcome.then(
    (value) => assert.fail(`resolved with ${showValue(value)}; expected ${codes.join(" or ")}`),
    (error: unknown) => error,
  );
  assert.ok(error instanceof MapperError, `rejected with ${error}, which is no MapperError`);
  assert.ok(
    codes.includes(error.code),
    `rejected with ${error.code} (${error.message}); expected ${codes.join(" or ")}`,
  );
  return error;
}

/** Fails unless both values are the same to the twin. */
export function assertSameValue(property: Property, [actual, expected]: readonly [unknown, unknown]): void {
  const [a, b] = [twinValue(property, actual), twinValue(property, expected)];
  assert.ok(sameValue(a, b), `expected ${showValue(b)}, got ${showValue(a)}`);
}

/** What the twin keeps for a value of `property`. */
export const twinValue = (property: Property, value: unknown): Value => property.toTwin(property.accept(value));

/** Lets everything run that can run without time passing, and says whether `outcome` has settled by then. */
export async function settles(rig: Pick<Rig, "settle">, outcome: PromiseLike<unknown>): Promise<boolean> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  outcome.then(done, done);
  await rig.settle();
  return settled;
}

/** The end of the board's trace, for messages. */
export function lastSteps({ faults }: SimBoard): string {
  const steps = faults.trace.slice(-8).join(", ");
  return steps === "" ? "The board was not touched." : `The board saw: ${steps}.`;
}
