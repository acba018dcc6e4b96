import { type Field, f, fields, type Output, parseDuration } from "@edgetwin/mapper-sdk";

/** A dongle: a serial port by its stable name, or `tcp://host:port`. */
const pathField = f.custom<string>('a serial port like "/dev/serial/by-id/…", or "tcp://host:port"', (raw) =>
  typeof raw === "string" && (/^\/./.test(raw) || isTcp(raw)) ? raw : undefined,
);

function isTcp(path: string): boolean {
  const match = /^tcp:\/\/[^\s:/]+:(\d{1,5})$/.exec(path);
  return match !== null && Number(match[1]) > 0 && Number(match[1]) < 65_536;
}

/** An IEEE address, in lower case. */
export const ieeeField: Field<string, string> = f.custom<string>('an address like "0x00124b0011223344"', (raw) =>
  typeof raw === "string" && /^0x[0-9a-f]{16}$/i.test(raw) ? raw.toLowerCase() : undefined,
) as Field<string, string>;

/** A length of time such as `"10min"`, in milliseconds. */
const durationField = f.custom<number>('a duration of at least 1s, like "10min"', (raw) => {
  const ms = parseDuration(raw);
  return ms !== undefined && ms >= 1000 ? ms : undefined;
});

/** How to reach a device. */
export const connection = fields({
  /** The dongle whose network it is in; may be left out where there is one only. */
  path: f.optional(pathField),
  ieee: ieeeField,
  /** How long the device has to answer. */
  timeoutMs: f.withDefault(f.int({ min: 500, max: 60_000 }), 5000),
  /** Silence after which it counts as gone; default 10 minutes on mains, 25 hours on a battery. */
  offlineAfter: f.optional(durationField),
});

/** What {@link connection} returns. */
export type Connection = Output<typeof connection>;

const hex = (bytes: number, example: string) =>
  f.custom<string>(`${bytes * 2} hexadecimal digits like "${example}"`, (raw) =>
    typeof raw === "string" && new RegExp(`^(?:0x)?[0-9a-f]{${bytes * 2}}$`, "i").test(raw)
      ? raw.toLowerCase().replace(/^0x/, "")
      : undefined,
  );

/** Firmware families of dongles (`zstack`: Texas Instruments, `ember`: Silicon Labs). */
export const adapters = ["zstack", "ember", "deconz", "zboss", "zigate"] as const;

/** How to reach a dongle, and what its network is. */
export const coordinatorConnection = fields({
  path: pathField,
  adapter: f.withDefault(f.oneOf(adapters), "zstack"),
  baudRate: f.optional(f.int({ min: 9600, max: 4_000_000 })),
  rtscts: f.optional(f.boolean()),
  /** Wi-Fi channels 1, 6 and 11 leave 15, 20, 25 and 26 free. */
  channel: f.withDefault(f.int({ min: 11, max: 26 }), 15),
  /** Chosen at random, and kept, when left out. */
  panId: f.optional(f.int({ min: 1, max: 0xfffe })),
  extendedPanId: f.optional(hex(8, "dd01020304050607")),
  /** A file with 32 hexadecimal digits; made with a random key when left out. */
  networkKeyFile: f.optional(f.string()),
  /** Folder for the key, the list of devices and the backup of the dongle. */
  state: f.optional(f.string()),
  transmitPower: f.optional(f.int({ min: -20, max: 20 })),
  /** How long the window stays open that `permitJoin` opens. */
  joinSeconds: f.withDefault(f.int({ min: 1, max: 254 }), 180),
});

/** What {@link coordinatorConnection} returns. */
export type CoordinatorConnection = Output<typeof coordinatorConnection>;
