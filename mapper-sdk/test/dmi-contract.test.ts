import { after, describe, test } from "node:test";
import type { Mapper } from "@edgetwin/mapper-sdk";
import { type ContractFixture, ManualClock, mapperContract } from "@edgetwin/mapper-sdk/testing";
import { type DeskLampMethods, type deskLamp, deskLampFixture, deskLampMapper } from "./fixtures/desk-lamp.ts";
import { served } from "./support/served.ts";

/**
 * Every promise that a mapper makes in this process it keeps from another one: the desk lamp on the far side of a real
 * socket, its board there, the agent here.
 */
describe("a mapper attached over a socket", async () => {
  const rig = await served([deskLampMapper()]);
  after(() => rig[Symbol.asyncDispose]());
  const [remote] = rig.host.parts as [Mapper<typeof deskLamp, DeskLampMethods>];
  const fixture: ContractFixture<typeof deskLamp, DeskLampMethods> = {
    ...deskLampFixture,
    settle: () => rig.settle(),
    async board(clock) {
      const board = await deskLampFixture.board(clock);
      Object.assign(rig.far, { board, clock });
      return board;
    },
    clock: () => new ManualClock(),
  };
  for (const { name, run } of mapperContract(remote, fixture)) test(name, { timeout: 20_000 }, run);
});
