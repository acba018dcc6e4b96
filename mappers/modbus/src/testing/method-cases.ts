/**
 * How the methods that every unit has are called, for its contract test.
 *
 * @param address of two holding registers that may be written.
 */
export const methodCases = (address: number) => ({
  readRegisters: { input: { address, count: 2 }, badInputs: [{}, { address, count: 126 }, { adress: address }] },
  writeRegisters: {
    input: { address, registers: [0x4142, 0x3132] },
    badInputs: [
      { address, registers: [] },
      { address, registers: [65_536] },
    ],
  },
  readWriteRegisters: {
    input: { address, registers: [0x4142], readAddress: address, count: 2 },
    badInputs: [{ address, registers: [1], readAddress: address, count: 0 }],
  },
  identify: {},
  serverId: {},
});
