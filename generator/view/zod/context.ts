import type { DiagnosticCode } from "../../code/diagnostic.js";
import type { Code } from "../../code/layout.js";
import { array, call } from "../../code/shapes.js";
import { plainValues, type ValueOptions } from "../../model/held.js";
import type { JsonType, Schema } from "../../model/schema.js";
import type { Components } from "./flatten.js";

/**
 * In a request unknown properties are refused and `readOnly` ones ignored; from a response what is not declared is dropped. `plain` is
 * neither: JSON Schema's verdict, with no say in what is kept.
 */
export type Direction = "request" | "response" | "plain";

/** Whether `format` is checked, or only said. */
export type Formats = "assert" | "annotate";

/** How schemas are printed. */
export interface SchemaOptions {
  readonly formats: Formats;
  /** JSON Schema's verdict alone. */
  readonly plain: boolean;
  /** What code holds values as. */
  readonly values: ValueOptions;
}

export const defaultOptions: SchemaOptions = { formats: "assert", plain: false, values: plainValues };

/** What printing a schema depends on, and where it puts what it notices. */
export interface Context {
  readonly direction: Direction;
  readonly formats: Formats;
  readonly components: Components;
  /** The const of a component in this direction, as an expression. */
  readonly ref: (name: string) => Code;
  /** The const of a component whose properties may be spread into another; `undefined` where it is not such a one. */
  readonly spread: (name: string) => Code | undefined;
  /** A function of `@sallyport/runtime/schema`. */
  readonly use: (name: string) => Code;
  readonly complain: (code: DiagnosticCode, message: string, fix: string) => void;
  /** Components that are being printed in place around here: folded in once more, one that contains itself would never end. */
  readonly around: ReadonlySet<string>;
}

/** Where a schema stands. */
export interface Place {
  /** Another schema declares the keys of the object: this one, where it declares none, only asserts something about it. */
  readonly branch: boolean;
  /** Others hold or may hold beside it: that it has no other keys must then be judged at once, not over all of them together. */
  readonly among: boolean;
  /** Somebody asks which keys and items of the value it has judged: it must not claim those of which it says nothing. */
  readonly tracked?: boolean;
  /** The schema stands by itself: its object has one property a line. */
  readonly open?: boolean;
  /** What the value can only be, as others assert. */
  readonly types?: readonly JsonType[];
}

/** A value of its own. */
export const ownValue: Place = { branch: false, among: false };

/** Where `unevaluatedProperties` or `unevaluatedItems` is asked of the whole. */
export function trackedIn(place: Place): Place {
  return { ...place, branch: true, among: true, tracked: true };
}

/** Prints a schema: what families of assertions call for their parts. */
export type PrintSchema = (schema: Schema, context: Context, place?: Place) => Code;

/** A call of a function of `@sallyport/runtime/schema`. */
export function runtime(context: Context, name: string, ...args: readonly Code[]): Code {
  return call(context.use(name), args);
}

/** All of the expressions hold. */
export function every(context: Context, parts: readonly [Code, ...Code[]]): Code {
  return parts.length === 1 ? parts[0] : runtime(context, "allOf", array(parts));
}
