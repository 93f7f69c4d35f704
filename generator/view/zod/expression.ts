import { member, useModule } from "../../code/identifier.js";
import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { call, chained } from "../../code/shapes.js";
import { code } from "../../code/template.js";

/** zod, whole: importing it is a consequence of using it. */
export const z = useModule("z", "zod");

/** `z.name(a, b)`. */
export function zod(name: string, ...args: readonly Code[]): Code {
  return chained(z, call(member(name), args));
}

/** `of.name(a, b)`. */
export function method(of: Code, name: string, ...args: readonly Code[]): Code {
  return chained(of, call(member(name), args));
}

/** A regular expression. As a literal it would need escapes of its own: a string has one way in. */
export function regex(pattern: string, flags: string): Code {
  return call(code`new RegExp`, [literal(pattern), ...(flags === "" ? [] : [literal(flags)])]);
}
