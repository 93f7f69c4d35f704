import { usageFault } from "./usage.js";

const units = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };

/** `90d` from now, or a date of RFC 3339, as milliseconds since 1970. */
export function instantOf(text: string, now: number): number {
  const length = lengthOf(text);
  const at = length === undefined ? (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN) : now + length;
  if (Number.isFinite(at)) return at;
  throw usageFault(
    "SP089",
    `${JSON.stringify(text)} is no time to end at.`,
    "Say --expires 90d, or --expires 2027-01-31.",
  );
}

/** `7d` as milliseconds. */
export function durationOf(text: string): number {
  const length = lengthOf(text);
  if (length !== undefined) return length;
  throw usageFault("SP089", `${JSON.stringify(text)} is no length of time.`, "Say --overlap 7d, or --overlap 12h.");
}

function lengthOf(text: string): number | undefined {
  const [, count, unit] = /^(\d+)(s|m|h|d)$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * units[unit as keyof typeof units];
}
