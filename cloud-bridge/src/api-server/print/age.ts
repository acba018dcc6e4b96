const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago `timestamp` was, in the two units that matter: `45s`, `4m10s`, `5h`, `3d`. */
export function age(timestamp: unknown, nowMs: number): string {
  const then = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(then)) return "<unknown>";
  const seconds = Math.floor((nowMs - then) / 1000);
  if (seconds < -1) return "<invalid>";
  return shortDuration(Math.max(0, seconds));
}

const pair = (seconds: number, unit: number, name: string, smaller: number, smallerName: string) => {
  const rest = Math.floor((seconds % unit) / smaller);
  return `${Math.floor(seconds / unit)}${name}${rest === 0 ? "" : `${rest}${smallerName}`}`;
};

function shortDuration(seconds: number): string {
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return pair(seconds, minute, "m", 1, "s");
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`;
  if (seconds < 8 * hour) return pair(seconds, hour, "h", minute, "m");
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`;
  if (seconds < 8 * day) return pair(seconds, day, "d", hour, "h");
  const years = 365 * day;
  if (seconds < 2 * years) return `${Math.floor(seconds / day)}d`;
  if (seconds < 8 * years) return pair(seconds, years, "y", day, "d");
  return `${Math.floor(seconds / years)}y`;
}
