import { createRequire } from "node:module";

// A peripheral that shares no code with the mapper: bleno with its own HCI socket over a terminal.
const [terminal = ""] = process.argv.slice(2);

interface Bleno {
  readonly PrimaryService: new (options: object) => object;
  readonly Characteristic: new (options: object) => { updateValueCallback?: (value: Buffer) => void };
  on(event: "stateChange", listener: (state: string) => void): void;
  on(event: "accept" | "disconnect", listener: (address: string) => void): void;
  startAdvertisingWithEIRDataAsync(advertisement: Buffer, response: Buffer): Promise<void>;
  setServicesAsync(services: readonly object[]): Promise<void>;
}

const require = createRequire(import.meta.url);
const { withBindings } = require("@stoprocent/bleno") as { withBindings(kind: string, options: object): Bleno };
const uart = { port: terminal, baudRate: 115_200, flowControl: false };
const bleno = withBindings("hci", { hciDriver: "uart", bindParams: { uart } });

const success = 0;
let level = Buffer.of(7);
const tell = (message: object) => process.send?.(message);

const temperature = new bleno.Characteristic({
  uuid: "2a6e",
  properties: ["read", "notify"],
  onReadRequest: (...args: unknown[]) =>
    (args.at(-1) as (code: number, value: Buffer) => void)(success, Buffer.of(0x66, 0x08)),
  onSubscribe: (...args: unknown[]) => {
    const push = args.find((arg) => typeof arg === "function") as (value: Buffer) => void;
    process.on("message", (value: { readonly push: string }) => push(Buffer.from(value.push, "hex")));
    tell({ subscribed: true });
  },
});
const lamp = new bleno.Characteristic({
  uuid: "fff1",
  properties: ["read", "write"],
  onReadRequest: (...args: unknown[]) => (args.at(-1) as (code: number, value: Buffer) => void)(success, level),
  onWriteRequest: (...args: unknown[]) => {
    level = Buffer.from(args.find((arg) => Buffer.isBuffer(arg)) as Buffer);
    tell({ written: level.toString("hex") });
    (args.at(-1) as (code: number) => void)(success);
  },
});

// Flags; BTHome v2 with 21.5 °C and 45 %. The name is in the answer to an active scan.
const advertisement = Buffer.from("020106" + "0a16d2fc40026608039411", "hex");
const response = Buffer.from(`0${"lamp".length + 1}09${Buffer.from("lamp").toString("hex")}`, "hex");

bleno.on("disconnect", () => tell({ disconnected: true }));
bleno.on("stateChange", (state) => {
  if (state !== "poweredOn") return;
  void (async () => {
    await bleno.setServicesAsync([
      new bleno.PrimaryService({ uuid: "181a", characteristics: [temperature] }),
      new bleno.PrimaryService({ uuid: "fff0", characteristics: [lamp] }),
    ]);
    await bleno.startAdvertisingWithEIRDataAsync(advertisement, response);
    tell({ advertising: true });
  })();
});
