import type { Code } from "../../code/layout.js";
import { print } from "../../code/print.js";
import { generic, intersection, parenthesized, union } from "../../code/shapes.js";
import { code } from "../../code/template.js";

/** A type expression, and how tightly it binds: what stands before `[]` must be one word, what stands beside `&` no union. */
export interface Type {
  readonly code: Code;
  readonly shape: "word" | "union" | "intersection" | "prefixed";
  /** It says no more than that the value is an object. */
  readonly isBare?: true;
}

export const word = (one: Code): Type => ({ code: one, shape: "word" });
export const unknown = word(code`unknown`);
export const never = word(code`never`);
export const nullType = word(code`null`);

export function record(values: Type): Code {
  return generic(code`Readonly`, [generic(code`Record`, [code`string`, values.code])]);
}

export const anyObject: Type = { ...word(record(unknown)), isBare: true };
/** Of an object that has properties, and none of them in this form. */
export const noKeys: Type = { ...word(record(never)), isBare: true };

/** A list. */
export function listOf(type: Code, immutable: boolean): Type {
  return immutable ? { code: code`readonly ${type}`, shape: "prefixed" } : word(type);
}

/** One of the types. */
export function some(types: readonly Type[]): Type {
  if (types.includes(unknown)) return unknown;
  const distinct = new Map(types.filter((one) => one !== never).map((one) => [print(one.code), one]));
  const [first = never, ...more] = distinct.values();
  return more.length === 0
    ? first
    : {
        code: union([first, ...more].map((one) => (one.shape === "intersection" ? single(one) : one.code))),
        shape: "union",
      };
}

/** All of the types at once. */
export function every(types: readonly Type[]): Type {
  const said = types.filter((one) => one !== unknown);
  // That it is an object, the others say too.
  const [first = said[0] ?? unknown, ...more] = said.filter((one) => one.isBare !== true);
  if (more.length === 0) return first;
  return {
    code: intersection([first, ...more].map((one) => (one.shape === "union" ? single(one) : one.code))),
    shape: "intersection",
  };
}

/** In parentheses where it is more than one word. */
export function single({ code: type, shape }: Type): Code {
  return shape === "word" ? type : parenthesized(type);
}
