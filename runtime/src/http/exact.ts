/** An integer that a number cannot hold, as its digits. It is what is read; what code gets instead, `hold` says. */
export class WideInteger {
  constructor(
    /** Without a fraction, an exponent, or a zero in front. */
    readonly digits: string,
  ) {}
}

/** An integer that code gets as its digits. Until all is held it is no text yet: the next schema that judges it must tell the two apart. */
export class HeldDigits extends WideInteger {}

/** RFC 8259, 6: the one spelling of numbers. */
const numberToken = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * The integer that a JSON number spells, where a number would lose some of its digits (RFC 7493, 2.2); `undefined` for every other text.
 */
export function wideInteger(token: string): WideInteger | undefined {
  const value = Number(token);
  if (Number.isSafeInteger(value) || !Number.isFinite(value)) return undefined;
  const [, sign = "", head, fraction = "", exponent = "0"] = numberToken.exec(token) ?? [];
  if (head === undefined) return undefined;
  const shift = Number(exponent) - fraction.length;
  const digits = head + fraction;
  // A finite number has fewer than 310 digits: what is to be filled up is bounded.
  const whole = shift >= 0 ? digits + "0".repeat(shift) : digits.slice(0, shift);
  if (shift < 0 && /[^0]/.test(digits.slice(shift))) return undefined;
  return new WideInteger(sign + whole.replace(/^0+(?=\d)/, ""));
}

/** Every integer as a number, as JSON.parse would have read it; but where digits are held, as those. */
export function narrowed(value: unknown): unknown {
  if (value instanceof HeldDigits) return value.digits;
  if (value instanceof WideInteger) return Number(value.digits);
  if (Array.isArray(value)) return value.some(isNarrowable) ? value.map(narrowed) : value;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== null) return value;
  for (const [name, member] of Object.entries(value)) {
    const narrow = narrowed(member);
    if (narrow !== member) Reflect.set(value, name, narrow);
  }
  return value;
}

function isNarrowable(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

const quote = 0x22;
const backslash = 0x5c;

/** Where a string of JSON ends that begins here. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at++;
  }
  return text.length;
}

/**
 * Reads a JSON text that has been read once, and so is one: each integer that a number cannot hold is a `WideInteger`. Not every engine
 * hands the text of a number to a reviver, so such numbers are read as strings that begin with what no sender can know.
 * Objects of the value have no prototype.
 * @returns `undefined` where every number holds what it spells.
 */
export function readWide(text: string): { readonly value: unknown } | undefined {
  // Sixteen digits are the fewest of which a number can lose one; fewer need an exponent.
  if (!/\d{16}|\d[eE]/.test(text)) return undefined;
  const mark = `${crypto.getRandomValues(new Uint32Array(4)).join("-")}:`;
  const marked = markWide(text, mark);
  return marked === undefined ? undefined : { value: unmarked(JSON.parse(marked), mark) };
}

function markWide(text: string, mark: string): string | undefined {
  const number = /-?\d[\d.eE+-]*/y;
  const pieces: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) === quote) at = endOfString(text, at);
    number.lastIndex = at;
    const [token] = number.exec(text) ?? [];
    if (token === undefined) continue;
    const wide = wideInteger(token);
    if (wide !== undefined) {
      pieces.push(text.slice(copied, at), `"${mark}${wide.digits}"`);
      copied = at + token.length;
    }
    at += token.length - 1;
  }
  return copied === 0 ? undefined : `${pieces.join("")}${text.slice(copied)}`;
}

function unmarked(value: unknown, mark: string): unknown {
  if (typeof value === "string") return value.startsWith(mark) ? new WideInteger(value.slice(mark.length)) : value;
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  for (const [name, member] of Object.entries(value)) {
    const plain = unmarked(member, mark);
    if (plain !== member) Reflect.set(value, name, plain);
  }
  return value;
}
