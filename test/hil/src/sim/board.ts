import { board as rpi4, simulatedBoard } from "@edgetwin/board-rpi4";
import type { BoardPackage, Clock } from "@edgetwin/mapper-sdk";
import type { SimBoard } from "@edgetwin/mapper-sdk/simulation";

/**
 * Which board an agent gets. It asks for one by package name and hands on nothing of its own but its clock, so the clock
 * tells whose board is meant.
 */
export const boardsByClock = new WeakMap<Clock, SimBoard>();

/** The board package of the `sim` bench: the simulated Raspberry Pi whose wires the bench touches. */
export const board: BoardPackage = {
  ...rpi4,
  name: "hil-sim",
  simulated: (options = {}) => (options.clock && boardsByClock.get(options.clock)) ?? simulatedBoard(options),
};
