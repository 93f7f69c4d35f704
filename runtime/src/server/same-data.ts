import { isMoment } from "../policy/index.js";

/** Equal as JSON data: a date of the database is the text that a client sends, and a bigint its digits. */
export function sameData(sent: unknown, stored: unknown): boolean {
  if (sent === stored) return true;
  if (typeof stored === "bigint" || typeof sent === "bigint")
    return isText(sent) && isText(stored) && String(sent) === String(stored);
  if (isMoment(sent)) return JSON.stringify(sent) === JSON.stringify(stored);
  if (typeof sent !== "object" || sent === null) {
    return stored instanceof Date && typeof sent === "string" && Date.parse(sent) === stored.getTime();
  }
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
