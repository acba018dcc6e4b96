/** An age in its largest whole unit, as `kubectl` shows it: `12s`, `3m`, `5h`, `2d`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** Local date and time with milliseconds: `2026-11-20 13:01:02.123`. */
export function localDateTime(time: string): string {
  const date = new Date(time);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${localTime(time)}`;
}

/** Local time of day with milliseconds: `13:01:02.123`. */
export function localTime(time: string): string {
  const date = new Date(time);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

const two = (number: number): string => String(number).padStart(2, "0");
