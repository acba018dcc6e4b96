import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, isConflict, p } from "@edgetwin/mapper-sdk";
import { modbus } from "./modbus.ts";

test("units share a line when they agree on how to talk on it", () => {
  const model = defineModel("meter", { volts: p.int() });
  const claim = (connection: Record<string, unknown>) => {
    const visitors = { volts: { table: "holding", address: 0, type: "u16" } };
    const [first] = modbus.serve(model).claims?.({ connection, visitors }) ?? [];
    assert.ok(first);
    return first;
  };
  const one = claim({ path: "/dev/ttyUSB0", unit: 1 });
  assert.deepEqual(one, { resource: "/dev/ttyUSB0", as: "9600 baud, 8 data bits, parity none, 1 stop bits" });
  assert.ok(!isConflict(one, claim({ path: "/dev/ttyUSB0", unit: 2, baudRate: 9600 })));
  assert.ok(isConflict(one, claim({ path: "/dev/ttyUSB0", unit: 2, baudRate: 19_200 })));
  assert.ok(!isConflict(one, claim({ path: "/dev/ttyUSB1", unit: 1, baudRate: 19_200 })));
  assert.ok(!isConflict(claim({ host: "10.0.0.5", unit: 1 }), claim({ host: "10.0.0.5", port: 502, unit: 1 })));
});
