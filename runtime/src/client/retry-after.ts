/**
 * Milliseconds that a server asks to wait (RFC 9110, 10.2.3): a number of seconds, or a date. `undefined` when it says nothing that
 * can be read.
 */
export function retryAfterOf(value: string | undefined, now: number): number | undefined {
  const text = value?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  // A bare number that is no count of seconds would be read as a year.
  const date = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
