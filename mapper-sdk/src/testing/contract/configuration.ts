import assert from "node:assert/strict";
import { showValue } from "../../value.ts";
import { assertRefused, type ContractPromise, lastSteps, onRig, type Subject } from "./rig.ts";

/** Promise 2 of the design: a configuration is fully checked before the board is touched. */
export function configurationPromises(subject: Subject): ContractPromise[] {
  const { badConfigs } = subject.fixture;
  const given = {
    name: "the fixture names configurations that it refuses",
    run: async () => assert.notEqual(badConfigs.length, 0, "badConfigs is empty: which configurations are wrong?"),
  };
  return [
    given,
    ...badConfigs.map((config) => ({
      name: `refuses ${showValue(config)} before touching the board`,
      run: () =>
        onRig(subject, async ({ board, openWith }) => {
          await assertRefused(openWith(config), "CONFIG_INVALID");
          assert.equal(board.faults.count, 0, `touched the board first. ${lastSteps(board)}`);
        }),
    })),
  ];
}
