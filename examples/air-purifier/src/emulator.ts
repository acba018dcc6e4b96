import { serveBroker } from "@edgetwin/mapper-mqtt/testing";
import type { Clock } from "@edgetwin/mapper-sdk";
import { EmulatedPurifier } from "./emulated-purifier.ts";

/** What the emulator needs of `EmulatorContext`: where the manifest says that the purifier is. */
export interface EmulatorWorld {
  readonly clock: Clock;
  readonly connection: { readonly url?: string; readonly serial?: string };
}

// The agent of `edgetwin mapper try`, which runs in this process, reads it from there as the credential of the purifier.
process.env.PURIFIER_PASSWORD ??= "emulated";
/** Its password, which is no secret. */
export const emulatedPassword: string = process.env.PURIFIER_PASSWORD;

/** Emulates the purifier of a manifest, on this machine, where the manifest says that it is. Rejects when the port is taken. */
export async function startEmulator({ clock, connection }: EmulatorWorld): Promise<AsyncDisposable> {
  const { url = "mqtt://127.0.0.1:1885", serial = "NN2-EU-KKA0717A" } = connection;
  const { hostname: host, port } = new URL(url);
  const purifier = new EmulatedPurifier({ serial, password: emulatedPassword }, clock);
  try {
    const server = await serveBroker(purifier.broker, { host, port: Number(port) });
    return {
      async [Symbol.asyncDispose]() {
        purifier[Symbol.dispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  } catch (cause) {
    purifier[Symbol.dispose]();
    throw new Error(`${url}: ${(cause as Error).message}`, { cause });
  }
}
