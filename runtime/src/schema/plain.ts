import type * as z from "zod";
import { fails, fault, holds, holdsTrue, made } from "./made.js";
import { isObject, sameJson } from "./values.js";

/** The type of a value that is written out, as JSON.parse would hand it over. */
type Written<T> = T extends readonly [] ? never[] : T extends object ? { -readonly [K in keyof T]: Written<T[K]> } : T;

/** The value is equal to one of these, as JSON (JSON Schema validation, 6.1.2). */
export function oneValue<const T>(values: readonly T[]): z.ZodType<Written<T>> {
  return made((value) =>
    values.some((one) => sameJson(one, value))
      ? holds(value)
      : fails(value, [fault(value, "is none of the allowed values")]),
  );
}

/** A number is a multiple of the step, judged in decimal: 0.3 is a multiple of 0.1. Any other value passes. */
export function multipleOf(step: number): z.ZodType {
  return made((value) =>
    (typeof value !== "number" && typeof value !== "bigint") || isMultiple(value, step)
      ? holdsTrue()
      : fails(value, [fault(value, `is not a multiple of ${step}`)]),
  );
}

/** The kinds of JSON value that an assertion may be about. */
export type Kind = "string" | "number" | "array" | "object";

/** What is said of objects and lists is the type: of other values that a schema lets through, types.ts says nothing either. */
type Described<K extends Kind, Value> = K extends "object" | "array"
  ? unknown[] extends Value
    ? unknown
    : Value
  : unknown;

/** The schema is about values of one kind: every other value passes (JSON Schema validation, 6). */
export function when<K extends Kind, T extends z.core.$ZodType>(
  kind: K,
  schema: T,
): z.ZodType<Described<K, z.output<T>>, Described<K, z.input<T>>> {
  return made((value, run) => (kindOf(value) === kind ? run(schema, value) : holdsTrue()));
}

function kindOf(value: unknown): Kind | undefined {
  if (typeof value === "string" || typeof value === "number") return typeof value as "string" | "number";
  if (Array.isArray(value)) return "array";
  return isObject(value) ? "object" : undefined;
}

function isMultiple(value: number | bigint, step: number): boolean {
  if (typeof value === "number" && !Number.isFinite(value)) return false;
  const [a, b] = [decimal(value), decimal(step)];
  const digits = Math.max(a.digits, b.digits);
  // A shift this wide says that one of the two is out of all proportion to the other; BigInt would take its time over it.
  if (digits > 400) return Number(value) === 0;
  const scale = (one: Decimal): bigint => one.whole * 10n ** BigInt(digits - one.digits);
  return scale(a) % scale(b) === 0n;
}

interface Decimal {
  readonly whole: bigint;
  readonly digits: number;
}

/** The shortest decimal that reads back as the number: what its author wrote. */
function decimal(value: number | bigint): Decimal {
  if (typeof value === "bigint") return { whole: value, digits: 0 };
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [head = "0", tail = ""] = mantissa.split(".");
  const digits = tail.length - Number(exponent);
  const whole = BigInt(head + tail);
  return digits >= 0 ? { whole, digits } : { whole: whole * 10n ** BigInt(-digits), digits: 0 };
}
