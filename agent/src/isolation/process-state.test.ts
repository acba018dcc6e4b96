import assert from "node:assert/strict";
import { test } from "node:test";
import { nextProcess, type ProcessInput, type ProcessState } from "./process-state.ts";

const exited: ProcessInput = {
  name: "exited",
  reason: "it ended with code 1",
  retryInMs: (failures) => failures * 100,
};
const condemned: ProcessInput = { name: "condemned", reason: "it took too much memory" };
const starting: ProcessState = { name: "starting", failures: 2 };
const running: ProcessState = { name: "running", failures: 2, stable: false };
const ending: ProcessState = { name: "ending", failures: 2, reason: "it took too much memory" };
const waiting: ProcessState = { name: "waiting", failures: 3, reason: "it ended with code 1", retryInMs: 300 };
const stopped: ProcessState = { name: "stopped" };

const table: readonly (readonly [ProcessState, ProcessInput, ProcessState | undefined])[] = [
  [starting, { name: "registered" }, running],
  [starting, exited, waiting],
  [starting, condemned, ending],
  [starting, { name: "stable" }, undefined],
  [starting, { name: "retry due" }, undefined],
  [running, { name: "registered" }, undefined],
  [running, { name: "stable" }, { ...running, stable: true }],
  [running, exited, waiting],
  [{ ...running, stable: true }, exited, { ...waiting, failures: 1, retryInMs: 100 }],
  [running, condemned, ending],
  [{ ...running, stable: true }, condemned, { ...ending, failures: 0 }],
  [ending, exited, { ...waiting, reason: "it took too much memory" }],
  [ending, condemned, undefined],
  [ending, { name: "registered" }, undefined],
  [waiting, { name: "retry due" }, { name: "starting", failures: 3 }],
  [waiting, exited, undefined],
  [waiting, condemned, undefined],
  ...[starting, running, ending, waiting].map((state) => [state, { name: "stop" }, stopped] as const),
  [stopped, exited, undefined],
  [stopped, { name: "retry due" }, undefined],
];

for (const [state, input, expected] of table) {
  test(`${state.name} and ${input.name} lead to ${expected?.name ?? "nothing"} (${JSON.stringify(state)})`, () => {
    assert.deepEqual(nextProcess(state, input), expected);
  });
}
