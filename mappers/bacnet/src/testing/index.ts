export { type DeviceFaults, type Refusal, withInvokeId } from "./device-faults.ts";
export { EmulatedDevice, type EmulatedDeviceOptions } from "./emulated-device.ts";
export { EmulatedNode, type NodeParts } from "./emulated-node.ts";
export type { EmulatedObject } from "./emulated-object.ts";
export { fanCoil } from "./fan-coil.ts";
export { MemoryNetwork } from "./memory-network.ts";
export { analog, binary, multiState, real, state, unsigned } from "./objects.ts";
export { type BacnetServer, serveBacnet } from "./serve-bacnet.ts";
