import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { kubeEdgeBleCodec } from "./kubeedge-ble.ts";
import { type KubeEdgeModbusVisitor, kubeEdgeModbusCodec } from "./kubeedge-modbus.ts";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

describe("KubeEdge's modbus decoder", () => {
  const table: readonly [
    what: string,
    visitor: Omit<KubeEdgeModbusVisitor, "byteLength">,
    hex: string,
    value: unknown,
  ][] = [
    ["never reads a negative number", { type: "int" }, "fffe", 65534],
    ["reads two registers", { type: "int" }, "00010002", 65538],
    ["reads the last register first", { type: "int", isRegisterSwap: true }, "00010002", 131073],
    ["swaps bytes", { type: "int", isSwap: true }, "00010002", 16777728],
    ["swaps both", { type: "int", isSwap: true, isRegisterSwap: true }, "00010002", 33554688],
    ["cuts the fraction of a scaled whole number", { type: "int", scale: 0.1 }, "00d7", 21],
    ["reads coils as a number", { type: "int" }, "03", 3],
    ["takes a missing scale for 1, not 0", { type: "float" }, "41cccccd", 25.600000381469727],
    ["scales a double", { type: "double", scale: 0.5 }, "4039999999999 99a".replace(" ", ""), 12.8],
    ["keeps all digits of a long counter", { type: "int" }, "0020000000000001", 2n ** 53n + 1n],
    ["takes a coil for true", { type: "boolean" }, "01", true],
    ["takes two set coils for false", { type: "boolean" }, "03", false],
    ["takes a register of 1 for false", { type: "boolean" }, "0001", false],
    ["takes a register of 1 with swapped bytes for true", { type: "boolean", isSwap: true }, "0001", true],
    ["keeps the NULs of a text", { type: "string" }, "41420000", "AB\0\0"],
  ];
  for (const [what, visitor, hex, value] of table) {
    test(what, () => {
      const codec = kubeEdgeModbusCodec({ ...visitor, byteLength: hex.length / 2 });
      assert.deepEqual(codec.decode(bytesOf(hex)), value);
      if (codec.kind === "boolean") assert.equal(codec.decode(codec.encode(value as boolean)), value);
    });
  }

  test("writes a whole number as it is, neither scaled nor swapped, but never wraps it", () => {
    const codec = kubeEdgeModbusCodec({ type: "int", byteLength: 2, scale: 0.1, isSwap: true });
    assert.deepEqual(codec.encode(258), bytesOf("0102"));
    assert.throws(() => codec.encode(65536), { code: "VALUE_INVALID" });
    assert.throws(() => codec.encode(-1), { code: "VALUE_INVALID" });
  });

  test("refuses to write what KubeEdge wrote as 0", () => {
    for (const [type, byteLength] of [
      ["float", 4],
      ["double", 8],
      ["string", 2],
    ] as const)
      assert.throws(() => kubeEdgeModbusCodec({ type, byteLength }).encode(1.5), {
        code: "VALUE_INVALID",
        message: new RegExp(`^KubeEdge's decoder cannot write a ${type}, got 1.5; give the visitor a type`),
      });
  });

  test("refuses lengths that crashed there or gave errors at every reading", () => {
    const refused: readonly [KubeEdgeModbusVisitor, RegExp][] = [
      [{ type: "int", byteLength: 6 }, /^int takes 1 or 2 or 4 or 8 bytes, but limit asks for 6$/],
      [{ type: "float", byteLength: 2 }, /^float takes 4 bytes/],
      [{ type: "string", byteLength: 3, isSwap: true }, /^3 bytes cannot be swapped/],
      [{ type: "int", byteLength: 2, scale: 0 }, /^scale: 0 would make every value the same/],
    ];
    for (const [visitor, message] of refused)
      assert.throws(() => kubeEdgeModbusCodec(visitor), { code: "CONFIG_INVALID", message });
  });
});

describe("KubeEdge's bluetooth decoder", () => {
  const thermometer = {
    startIndex: 1,
    endIndex: 0,
    shiftRight: 2,
    orderOfOperations: [{ operationType: "Multiply", operationValue: 0.03125 }],
  } as const;

  test("strings digits together, shifts, then calculates", () => {
    assert.equal(kubeEdgeBleCodec(thermometer).decode(Uint8Array.of(40, 12)), 9.6875);
    const all = kubeEdgeBleCodec({
      startIndex: 0,
      endIndex: 1,
      shiftLeft: 1,
      shiftRight: 5,
      orderOfOperations: [
        { operationType: "Add", operationValue: 2 },
        { operationType: "Subtract", operationValue: 4 },
        { operationType: "Divide", operationValue: 4 },
      ],
    });
    assert.equal(all.decode(Uint8Array.of(1, 2)), 5.5);
  });

  test("says so when a packet is too short, or its digits too many", () => {
    assert.throws(() => kubeEdgeBleCodec(thermometer).decode(Uint8Array.of(40)), {
      code: "DEVICE_IO",
      message: "the device sent 1 bytes where 2 were expected",
    });
    const long = kubeEdgeBleCodec({ startIndex: 0, endIndex: 6 });
    assert.throws(() => long.decode(new Uint8Array(7).fill(255)), { code: "DEVICE_IO", message: /64 bits/ });
  });

  test("only reads, and never divides by zero", () => {
    assert.throws(() => kubeEdgeBleCodec(thermometer).encode(1), { code: "VALUE_INVALID" });
    const orderOfOperations = [{ operationType: "Divide", operationValue: 0 }] as const;
    assert.throws(() => kubeEdgeBleCodec({ startIndex: 0, endIndex: 0, orderOfOperations }), {
      code: "CONFIG_INVALID",
      message: "orderOfOperations: divides by 0",
    });
  });
});
