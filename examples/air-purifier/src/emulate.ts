import { systemClock } from "@edgetwin/mapper-sdk";
import { startEmulator } from "./emulator.ts";

// The emulated purifier as a program of its own, for `npm start`. It ends with whoever started it.
try {
  const emulator = await startEmulator({ clock: systemClock, connection: {} });
  const end = () => void emulator[Symbol.asyncDispose]().then(() => process.exit());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  process.once("disconnect", end);
} catch (error) {
  process.stderr.write(`The emulated purifier does not run: ${(error as Error).message}\n`);
  process.exit(1);
}
