export { memorySecrets } from "../certificates/testing/memory-secrets.ts";
export { type NodeCredential, nodeCredential } from "../certificates/testing/node-credential.ts";
export { MemoryContent, MemoryEvents } from "../hub/testing/memory-nodes.ts";
