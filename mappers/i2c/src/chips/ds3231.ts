import { fields, MapperError, p } from "@edgetwin/mapper-sdk";
import { defineChip } from "../chip.ts";

// Registers of the data sheet 19-5170, revision 10, figure 1.
const seconds = 0x00;
const control = 0x0e;
const status = 0x0f;
const temperature = 0x11;
const oscillatorStopped = 1 << 7;
/** Bit 6 of the hours: a clock of twelve hours. Bit 5 says then which half of the day. */
const twelveHours = 1 << 6;
const century = 1 << 7;

const fromBcd = (byte = 0) => (byte >> 4) * 10 + (byte & 0x0f);
const toBcd = (number: number) => (Math.floor(number / 10) << 4) | (number % 10);

/** Maxim DS3231: a clock that keeps time without the network, and how warm it is. */
export const ds3231 = defineChip({
  name: "ds3231",
  description: "Maxim DS3231: clock, temperature",
  addresses: [0x68],
  settings: fields({}),
  channels: () => ({
    /** UTC, like `2026-11-21T10:00:00Z`. */
    time: p.string({ access: "rw" }),
    temperature: p.float({ unit: "°C", min: -40, max: 85 }),
    /** The clock stood still since it was set: its battery is empty. */
    stopped: p.boolean(),
  }),

  driver({ target }) {
    return {
      async sample(channels, signal) {
        const values: Record<string, unknown> = {};
        // The chip copies its time at the START of a transaction, so that it does not change while it is read.
        if (channels.includes("time")) values.time = timeOf(await target.writeRead([seconds], 7, { signal }));
        if (channels.includes("temperature")) {
          const [whole = 0, quarters = 0] = await target.writeRead([temperature], 2, { signal });
          values.temperature = ((whole << 24) >> 24) + (quarters >> 6) / 4;
        }
        if (channels.includes("stopped")) {
          const [found = 0] = await target.writeRead([status], 1, { signal });
          values.stopped = (found & oscillatorStopped) !== 0;
        }
        return values;
      },

      async write(_, value, signal) {
        const time = new Date(checkedTime(String(value)));
        const year = time.getUTCFullYear();
        await target.write(
          [
            seconds,
            toBcd(time.getUTCSeconds()),
            toBcd(time.getUTCMinutes()),
            toBcd(time.getUTCHours()),
            time.getUTCDay() + 1,
            toBcd(time.getUTCDate()),
            toBcd(time.getUTCMonth() + 1) | (year >= 2100 ? century : 0),
            toBcd(year % 100),
          ],
          { signal },
        );
        const [found = 0] = await target.writeRead([status], 1, { signal });
        if (found & oscillatorStopped) await target.write([status, found & ~oscillatorStopped], { signal });
      },
    };
  },

  async identify(target, signal) {
    const time = await target.writeRead([seconds], 7, { signal });
    const [conf = 0, stat = 0] = await target.writeRead([control], 2, { signal });
    const digits = [...time].every((byte, at) => (byte & 0x0f) <= 9 && (at !== 3 || (byte >= 1 && byte <= 7)));
    // Bits 4 to 6 of the status are reserved and read as 0.
    return digits && (stat & 0x70) === 0 && conf !== 0xff ? "likely" : "no";
  },
});

function timeOf(raw: Uint8Array): string | Error {
  const [s, m, h = 0, , day, month = 0, year] = raw;
  const hours = h & twelveHours ? (fromBcd(h & 0x1f) % 12) + (h & 0x20 ? 12 : 0) : fromBcd(h & 0x3f);
  const fullYear = (month & century ? 2100 : 2000) + fromBcd(year);
  const time = Date.UTC(fullYear, fromBcd(month & 0x1f) - 1, fromBcd(day), hours, fromBcd(m), fromBcd(s));
  const text = Number.isNaN(time) ? "" : new Date(time).toISOString().replace(".000Z", "Z");
  const expected = `${fullYear}-${two(fromBcd(month & 0x1f))}-${two(fromBcd(day))}T${two(hours)}:${two(fromBcd(m))}:${two(fromBcd(s))}Z`;
  return text === expected
    ? text
    : new MapperError("DEVICE_IO", `the clock shows ${expected}, which is no time; set it`);
}

const two = (number: number) => String(number).padStart(2, "0");

function checkedTime(text: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  const year = new Date(time).getUTCFullYear();
  if (year >= 2000 && year < 2200) return time;
  throw new MapperError(
    "VALUE_INVALID",
    `expected a time of this or the next century such as 2026-11-21T10:00:00Z, got ${JSON.stringify(text)}`,
  );
}
