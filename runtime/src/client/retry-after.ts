/**
 * Milliseconds that a server asks to wait (RFC 9110, 10.2.3): a number of seconds, or a date. `undefined` when it says nothing that
 * can be read.
 */
export function retryAfterOf(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  // A bare number that is no count of seconds would be read as a year.
  const wait = Date.parse(/[a-z]/i.test(text) ? text : "") - now;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
