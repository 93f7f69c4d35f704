/** What code holds dates as: `Date` and `Instant` for a date-time, `PlainDate` for a date (RFC 3339, 5.6). */
export type MomentName = "Date" | "Instant" | "PlainDate";

/** What is asked of a `Temporal.Instant` where its types are not there. */
export interface InstantLike {
  readonly epochMilliseconds: number;
  readonly epochNanoseconds: bigint;
  readonly toJSON: () => string;
}

/** What is asked of a `Temporal.PlainDate` where its types are not there. */
export interface PlainDateLike {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly toJSON: () => string;
}

type Here<Name extends string, Otherwise> = typeof globalThis extends {
  readonly Temporal: { readonly [N in Name]: { from(text: string): infer One } };
}
  ? One
  : Otherwise;

/** `Temporal.Instant`: with the types that the program has of it, or as much as we ask for. */
export type Instant = Here<"Instant", InstantLike>;

/** `Temporal.PlainDate`, likewise. */
export type PlainDate = Here<"PlainDate", PlainDateLike>;

/** The type of a moment. */
export interface Moments {
  readonly Date: Date;
  readonly Instant: Instant;
  readonly PlainDate: PlainDate;
}

interface Maker {
  readonly from: (text: string) => { readonly toJSON: () => string };
}

const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const fullDate = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * The moment that a text of RFC 3339 says; `undefined` for every other text. A sixtieth second is none that these types hold, and of the
 * fraction of a second a Date keeps three digits, an Instant nine.
 */
export function momentOf<Name extends MomentName>(name: Name, text: string): Moments[Name] | undefined {
  const [, year, month, day] = (name === "PlainDate" ? fullDate : dateTime).exec(text) ?? [];
  if (year === undefined || Number(day) < 1 || Number(day) > daysOf(Number(year), Number(month))) return undefined;
  const spelt = text.toUpperCase().replace(/(\.\d{9})\d+/, "$1");
  return (name === "Date" ? new Date(spelt) : temporal(name).from(spelt)) as Moments[Name];
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [31, 0, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** The text of a moment as RFC 3339 spells it; `undefined` for what is none, or lies in no year of four digits. */
export function momentText(name: MomentName, value: unknown): string | undefined {
  if (!isMoment(value) || nameOf(value) !== name) return undefined;
  const text: unknown = value instanceof Date && Number.isNaN(value.getTime()) ? undefined : value.toJSON();
  return typeof text === "string" && /^\d{4}-/.test(text) ? text : undefined;
}

/** Whether a value is a date of JavaScript, of whatever kind: an object, and no data of JSON. */
export function isMoment(value: unknown): value is { readonly toJSON: () => string } {
  return value instanceof Date || tagOf(value).startsWith("Temporal.");
}

function nameOf(value: unknown): string {
  return value instanceof Date ? "Date" : tagOf(value).slice("Temporal.".length);
}

function tagOf(value: unknown): string {
  const tag: unknown = typeof value === "object" && value !== null ? Reflect.get(value, Symbol.toStringTag) : undefined;
  return typeof tag === "string" ? tag : "";
}

/** Why moments of these kinds cannot be held here; `undefined`: they can. */
export function missingTemporal(names: Iterable<string>): string | undefined {
  const isAsked = [...names].some((name) => name === "Instant" || name === "PlainDate");
  return isAsked && !("Temporal" in globalThis) ? noTemporal : undefined;
}

const noTemporal =
  'dates are Temporal, which this platform does not have: import a polyfill first (import "temporal-polyfill/global")';

function temporal(name: "Instant" | "PlainDate"): Maker {
  const { Temporal: here } = globalThis as unknown as { readonly Temporal?: Readonly<Record<string, Maker>> };
  const found = here?.[name];
  if (found === undefined) throw new Error(noTemporal);
  return found;
}
