import assert from "node:assert/strict";
import { test } from "node:test";
import { type Envelope, objectChange } from "@edgetwin/cloud-protocol";
import fc from "fast-check";
import { sessionRig } from "./testing/session-rig.ts";

/** An edge's database: what it stored, by resource. It outlives connections. */
type Stored = Map<string, { readonly version: string | undefined; readonly uid: string | undefined }>;

function store(stored: Stored, frame: Envelope): void {
  const { operation, object, resourceVersion } = objectChange.read(frame);
  const uid = object.metadata?.uid;
  const { resource } = frame.route;
  if (operation !== "delete") stored.set(resource, { version: resourceVersion, uid });
  // A late deletion of an earlier object of that name must not take the new one.
  else if (stored.get(resource)?.uid === uid) stored.delete(resource);
}

const name = fc.constantFrom("a", "b", "c");
const step = fc.oneof(
  fc.record({ does: fc.constant("change" as const), name }),
  fc.record({ does: fc.constant("remove" as const), name }),
  fc.record({ does: fc.constant("make anew" as const), name }),
  fc.record({ does: fc.constant("change model" as const), name }),
  /** What becomes of the frames under way: lost, stored and then killed, or stored and acknowledged, perhaps twice. */
  fc.record({
    does: fc.constantFrom("lose" as const, "store" as const, "acknowledge" as const, "repeat" as const),
    name,
  }),
  fc.record({ does: fc.constantFrom("reconnect" as const, "wait" as const), name }),
);

test("whatever is lost, repeated, killed or cut, an edge ends up with what it should hold", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { content, connect, pass } = sessionRig();
      const stored: Stored = new Map();
      let generations = 0;
      let edge = connect();
      const keyOf = (device: string) => `default/device/${device}`;
      const acknowledge = (times: number) => {
        for (const frame of edge.taken()) {
          store(stored, frame);
          for (let time = 0; time < times; time++) edge.acknowledge(frame);
        }
      };
      for (const { does, name: device } of steps) {
        if (does === "change") content.device("n", device);
        else if (does === "change model") content.model("n");
        else if (does === "remove") content.remove("n", keyOf(device));
        else if (does === "make anew") {
          generations += 1;
          const spec = { deviceModelRef: { name: "m" } };
          const path = { namespace: "default", type: "device", name: device };
          content.put("n", path, { spec, metadata: { uid: `generation ${generations}` } });
        } else if (does === "lose") edge.taken();
        else if (does === "store") acknowledge(0);
        else if (does === "acknowledge") acknowledge(1);
        else if (does === "repeat") acknowledge(2);
        else if (does === "wait") await pass(edge, 6);
        else {
          edge.leave();
          edge = connect();
        }
      }
      edge.leave();
      edge = connect();
      // Two rounds are enough: what is under way, and what was made anew in between.
      for (let round = 0; round < 3 && !edge.session.delivery.isSettled; round++) {
        for (let more = 0; more < 8; more++) acknowledge(1);
        await pass(edge, 6);
      }
      acknowledge(1);
      assert.equal(edge.session.delivery.isSettled, true);
      const wanted = [...content.objectsOf("n")].map(([key, { resourceVersion }]) => [key, resourceVersion]);
      assert.deepEqual([...stored].map(([key, { version }]) => [key, version]).sort(), wanted.sort());
    }),
    { numRuns: 300 },
  );
});
