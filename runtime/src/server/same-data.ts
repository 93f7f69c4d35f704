import { type InstantLike, isMoment, momentOf } from "../policy/index.js";

/** Equal as JSON data: a date of the database is the text that a client sends, and a bigint its digits. */
export function sameData(sent: unknown, stored: unknown): boolean {
  if (sent === stored) return true;
  if (typeof stored === "bigint" || typeof sent === "bigint")
    return isText(sent) && isText(stored) && String(sent) === String(stored);
  if (isMoment(sent) || isMoment(stored)) return sameMoment(sent, stored);
  if (typeof sent !== "object" || sent === null) return false;
  if (typeof stored !== "object" || stored === null || Array.isArray(sent) !== Array.isArray(stored)) return false;
  const names = Object.keys(sent);
  return (
    names.length === Object.keys(stored).length &&
    names.every((name) => Object.hasOwn(stored, name) && sameData(Reflect.get(sent, name), Reflect.get(stored, name)))
  );
}

/** What spells an integer. */
function isText(value: unknown): value is bigint | number | string {
  return typeof value === "bigint" || typeof value === "number" || typeof value === "string";
}

/** Instants are compared by their time, whatever spells them, and days by their text. Of a Date there are milliseconds alone. */
function sameMoment(sent: unknown, stored: unknown): boolean {
  const timeOf = sent instanceof Date || stored instanceof Date ? millisecondsOf : nanosecondsOf;
  const time = timeOf(sent);
  return time === undefined ? JSON.stringify(sent) === JSON.stringify(stored) : time === timeOf(stored);
}

function millisecondsOf(value: unknown): number | undefined {
  if (typeof value === "string") return momentOf("Date", value)?.getTime() ?? Date.parse(value);
  if (value instanceof Date) return value.getTime();
  return isInstant(value) ? value.epochMilliseconds : undefined;
}

function nanosecondsOf(value: unknown): bigint | undefined {
  if (typeof value !== "string") return isInstant(value) ? value.epochNanoseconds : undefined;
  const date = momentOf("Date", value);
  const [, fraction = ""] = /\.(\d+)/.exec(value) ?? [];
  return date && BigInt(date.getTime()) * 1_000_000n + BigInt(fraction.slice(3, 9).padEnd(6, "0"));
}

function isInstant(value: unknown): value is InstantLike {
  return isMoment(value) && "epochNanoseconds" in value;
}
