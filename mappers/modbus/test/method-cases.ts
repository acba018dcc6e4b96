/** How the methods that every unit has are called, for the contract: the unit needs the holding registers 0, 1, 10 and 11. */
export const methodCases = {
  readRegisters: { input: { address: 10, count: 2 }, badInputs: [{}, { address: 0, count: 126 }, { adress: 0 }] },
  writeRegisters: {
    input: { address: 10, registers: [0x4142, 0x3132] },
    badInputs: [
      { address: 0, registers: [] },
      { address: 0, registers: [65_536] },
    ],
  },
  readWriteRegisters: {
    input: { address: 10, registers: [0x4142], readAddress: 0, count: 2 },
    badInputs: [{ address: 10, registers: [1], readAddress: 0, count: 0 }],
  },
  identify: {},
  serverId: {},
} as const;
