/** Units behind the gateway, and tags of each: a thousand in all. */
export const units = 10;
export const tagsPerUnit = 100;
/** The holding register of unit 1 that desired values go to. */
export const probeRegister = tagsPerUnit - 1;

/** Units on the serial line, tags of each, how often they are read, and which of them are dead. */
export const lineUnits = 32;
export const tagsPerLineUnit = 10;
export const lineCycleMs = 2000;
export const deadUnits: readonly number[] = [7, 21];
/** Fast enough for two units without an answer, slow enough for any sensor. */
export const lineTimeoutMs = 200;
export const linePath = "/dev/ttyAMA0";
