import { connectAsync } from "mqtt";
import { type Button, buttons } from "./emulated-purifier.ts";
import { emulatedPassword } from "./emulator.ts";
import { emulatedSerial } from "./purifier.ts";

// The remote control of the emulated purifier: `npm run remote night`.
const end = (message: string, code: number): never => {
  process.stderr.write(`${message}\n`);
  return process.exit(code);
};
const button = process.argv[2] as Button;
if (!buttons.includes(button)) end(`Which button? ${buttons.join(", ")}`, 2);
try {
  const settings = { username: emulatedSerial, password: emulatedPassword, reconnectPeriod: 0 };
  const client = await connectAsync("mqtt://127.0.0.1:1885", settings, false);
  await client.publishAsync("emulator/remote", button, { qos: 1 });
  await client.endAsync();
} catch (error) {
  const reason = (error as Error).message || String(error);
  end(`No emulated purifier answers at 127.0.0.1:1885 (${reason}). It runs with: npm start`, 1);
}
