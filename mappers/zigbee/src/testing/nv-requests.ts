import { join, u16 } from "./bytes.ts";
import type { NvMemory } from "./nv-memory.ts";

/** Status codes of the non-volatile memory (Z-Stack `ZComDef.h`). */
const nvStatus = { success: 0x00, failed: 0x02, initialised: 0x09 } as const;
/** The most of an item that one answer carries. */
const longestPart = 246;

/** Answers the requests of SYS for items and extended items; undefined when `command` is none of them. */
export function answerNv(nv: NvMemory, command: number, payload: Buffer): Buffer | undefined {
  switch (command) {
    case 0x07: {
      const [id, length, given] = [payload.readUInt16LE(0), payload.readUInt16LE(2), payload.readUInt8(4)];
      const value = Buffer.alloc(length);
      payload.copy(value, 0, 5, 5 + given);
      nv.items.set(id, value);
      return Buffer.of(nvStatus.initialised);
    }
    case 0x12:
      return Buffer.of(nv.items.delete(payload.readUInt16LE(0)) ? nvStatus.success : nvStatus.failed);
    case 0x13:
      return u16(nv.items.get(payload.readUInt16LE(0))?.length ?? 0);
    case 0x1c: {
      const value = nv.items.get(payload.readUInt16LE(0));
      if (!value) return Buffer.of(nvStatus.failed, 0);
      const from = payload.readUInt16LE(2);
      const part = value.subarray(from, from + longestPart);
      return join(nvStatus.success, part.length, part);
    }
    case 0x1d: {
      const value = nv.items.get(payload.readUInt16LE(0));
      const [from, length] = [payload.readUInt16LE(2), payload.readUInt16LE(4)];
      if (!value || from + length > value.length) return Buffer.of(nvStatus.failed);
      payload.copy(value, from, 6, 6 + length);
      return Buffer.of(nvStatus.success);
    }
    default:
      return answerExtended(nv, command, payload);
  }
}

/** Extended items are named by system, item and index. */
function answerExtended(nv: NvMemory, command: number, payload: Buffer): Buffer | undefined {
  if (command < 0x30 || command > 0x34) return undefined;
  const key = `${payload.readUInt8(0)}/${payload.readUInt16LE(1)}/${payload.readUInt16LE(3)}`;
  const value = nv.extended(key);
  switch (command) {
    case 0x30:
      nv.setExtended(key, Buffer.alloc(payload.readUInt32LE(5)));
      return Buffer.of(nvStatus.success);
    case 0x32:
      return Buffer.of(value?.length ?? 0);
    case 0x33: {
      if (!value) return Buffer.of(nvStatus.failed, 0);
      const part = value.subarray(payload.readUInt16LE(5), payload.readUInt16LE(5) + payload.readUInt8(7));
      return join(nvStatus.success, part.length, part);
    }
    case 0x34: {
      const [from, length] = [payload.readUInt16LE(5), payload.readUInt8(7)];
      if (!value || from + length > value.length) return Buffer.of(nvStatus.failed);
      payload.copy(value, from, 8, 8 + length);
      return Buffer.of(nvStatus.success);
    }
    default:
      return Buffer.of(nvStatus.failed);
  }
}
