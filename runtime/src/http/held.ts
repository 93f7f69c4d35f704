import {
  type Held,
  type HeldAs,
  type HeldParts,
  type HeldWire,
  isMoment,
  momentOf,
  momentText,
} from "../policy/index.js";
import { essenceOf } from "./codec.js";
import { HeldDigits, narrowed, WideInteger } from "./exact.js";
import { EncodingError } from "./faults.js";
import { matchMedia } from "./media.js";
import { ofStatus } from "./status.js";

/**
 * A value of the wire, as code holds it. What does not fit stays as it is, for the schema to refuse where it stands.
 * @param held where something is held; nothing is where it is absent, and integers are numbers.
 */
export function hold(value: unknown, held: Held | undefined): unknown {
  return narrowed(held === undefined ? value : within(value, held, fromWire));
}

/** The same for a value that may be held already: tRPC knows no wire but its own. */
export function adopt(value: unknown, held: Held | undefined): unknown {
  const turn: Turn = (one, as) =>
    as === "digits" ? (typeof one === "string" ? one : (integerOf(one)?.toString() ?? one)) : fromWire(one, as);
  return held === undefined ? value : within(value, held, turn);
}

/**
 * A value that code holds, as it is on the wire: of integers, a bigint is left, which `jsonText` writes.
 * @throws EncodingError for what has no such form.
 */
export function release(value: unknown, held: Held | undefined): unknown {
  if (held === undefined) return value;
  // A moment that one schema cannot write, another may: what none has written is not ours to write.
  const left = new Set<unknown>();
  const released = within(value, held, (one, as) => {
    const turned = toWire(one, as);
    if (isMoment(turned)) left.add(turned);
    else left.delete(one);
    return turned;
  });
  if (left.size > 0) throw new EncodingError("date", "it is none of what the spec says, or RFC 3339 cannot spell it");
  return released;
}

/**
 * What is held in a response.
 * @param media as it is on the wire: it may say a version besides.
 */
export function heldOf(responses: HeldWire["responses"], status: number, media: string | undefined): Held | undefined {
  const all = ofStatus(responses, status) ?? {};
  const declared = media === undefined ? undefined : matchMedia(Object.keys(all), essenceOf(media));
  return declared === undefined ? undefined : all[declared];
}

/** Everything that an operation holds values as. */
export function heldNames(held: HeldWire): ReadonlySet<HeldAs> {
  const names = new Set<HeldAs>();
  const seen = new Set<unknown>();
  const open: unknown[] = [held];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (typeof next === "string") names.add(next as HeldAs);
    else if (typeof next === "function") open.push(next());
    else if (typeof next === "object" && next !== null) open.push(...Object.values(next));
  }
  return names;
}

/** Turns what is held as something. */
type Turn = (value: unknown, as: HeldAs) => unknown;

/** @param around what is asked of this very value already: a schema may be a part of itself. */
function within(value: unknown, held: Held, turn: Turn, around: readonly Held[] = []): unknown {
  if (typeof held === "string") return turn(value, held);
  if (typeof held === "function") {
    const meant = held();
    return around.includes(meant) ? value : within(value, meant, turn, [...around, meant]);
  }
  if (isList(held)) return held.reduce<unknown>((now, one) => within(now, one, turn, around), value);
  if (Array.isArray(value)) return withinItems(value, held, turn);
  return isObject(value) ? withinMembers(value, held, turn) : value;
}

/** An integer as it is read has no members. */
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof WideInteger);
}

function isList(held: HeldParts | readonly Held[]): held is readonly Held[] {
  return Array.isArray(held);
}

function withinItems(value: readonly unknown[], { prefix = [], items }: HeldParts, turn: Turn): unknown {
  const turned = value.map((item, at) => {
    const held = prefix[at] ?? items;
    return held === undefined ? item : within(item, held, turn);
  });
  return turned.some((item, at) => item !== value[at]) ? turned : value;
}

/** A copy where something changes: the value may be the handler's own. */
function withinMembers(value: object, { members = {}, rest }: HeldParts, turn: Turn): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const held = Object.hasOwn(members, name) ? members[name] : rest;
    if (held === undefined) continue;
    const turned = within(member, held, turn);
    if (turned === member) continue;
    copy ??= Object.assign(Object.create(null) as Record<string, unknown>, value);
    copy[name] = turned;
  }
  return copy ?? value;
}

function fromWire(value: unknown, as: HeldAs): unknown {
  switch (as) {
    case "bigint":
      return integerOf(value) ?? value;
    case "digits":
      // A text on the wire is no number, whatever it spells: what no text is, the schema refuses.
      return typeof value === "string" ? Number.NaN : digitsOf(value);
    case "Date":
    case "Instant":
    case "PlainDate":
      return typeof value === "string" ? (momentOf(as, value) ?? value) : value;
    default:
      return as satisfies never;
  }
}

function integerOf(value: unknown): bigint | undefined {
  if (value instanceof WideInteger) return BigInt(value.digits);
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
}

function digitsOf(value: unknown): unknown {
  const integer = value instanceof HeldDigits ? undefined : integerOf(value);
  return integer === undefined ? value : new HeldDigits(String(integer));
}

function toWire(value: unknown, as: HeldAs): unknown {
  switch (as) {
    case "bigint":
      return value;
    case "digits":
      if (typeof value !== "string") return value;
      if (!/^-?\d{1,400}$/.test(value)) throw new EncodingError("int64", `${JSON.stringify(value)} is no integer`);
      return BigInt(value);
    case "Date":
    case "Instant":
    case "PlainDate":
      return momentText(as, value) ?? value;
    default:
      return as satisfies never;
  }
}
