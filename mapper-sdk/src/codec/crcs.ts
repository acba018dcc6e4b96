import { crcOf } from "./crc.ts";

/** Sensirion's CRC-8 over each word of two bytes (SHT3x data sheet 4.12); CRC-8/NRSC-5 in the catalogue. */
export const crc8Sensirion = crcOf({ width: 8, polynomial: 0x31, initial: 0xff, reflected: false });
/** Dallas/Maxim 1-Wire ROM and scratchpad; CRC-8/MAXIM-DOW. */
export const crc8Dallas = crcOf({ width: 8, polynomial: 0x31, initial: 0, reflected: true });
/** Packet error code of SMBus 2.0 5.4, over address and data; CRC-8/SMBUS. */
export const crc8Smbus = crcOf({ width: 8, polynomial: 0x07, initial: 0, reflected: false });
/** Modbus over serial line 2.5.1.2, sent low byte first; CRC-16/MODBUS. */
export const crc16Modbus = crcOf({ width: 16, polynomial: 0x8005, initial: 0xffff, reflected: true });
/** Many serial sensors name it "CRC-CCITT"; CRC-16/IBM-3740. */
export const crc16Ccitt = crcOf({ width: 16, polynomial: 0x1021, initial: 0xffff, reflected: false });
