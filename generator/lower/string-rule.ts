import { heldBy } from "../model/held.js";
import type { JsonType, StringRule } from "../model/schema.js";
import type { SpecObject } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { textOf } from "./node.js";
import { isNumeric } from "./number-rule.js";
import { countOf, present } from "./values.js";

const keywords = ["format", "minLength", "maxLength", "pattern"];

export function lowerStringRule(
  run: Lowering,
  node: SpecObject,
  types: readonly JsonType[] | undefined,
): StringRule | undefined {
  if (keywords.every((keyword) => node[keyword] === undefined)) return undefined;
  const format = textOf(node.format);
  const isText = types === undefined ? format !== undefined && !isNumeric(format) : types.includes("string");
  const rule = present<StringRule>({
    minLength: countOf(run, node, "minLength"),
    maxLength: countOf(run, node, "maxLength"),
    pattern: patternOf(run, node),
    format: isText ? format : undefined,
    held: isText ? heldBy(node, run.values) : undefined,
  });
  return Object.keys(rule).length === 0 ? undefined : rule;
}

function patternOf(run: Lowering, node: SpecObject): string | undefined {
  const said = node.pattern;
  if (said === undefined) return undefined;
  const pattern = textOf(said);
  if (pattern === undefined) complain(run, node, "pattern", { code: "SP405", message: "pattern must be a string." });
  else checkPattern(run, node, "pattern", pattern);
  return pattern;
}

/** JSON Schema 2020-12, 6.3.3: a pattern is an ECMA-262 regular expression. */
export function checkPattern(run: Lowering, node: SpecObject, key: string, pattern: string): void {
  if (compiles(pattern, "u") || compiles(pattern, "")) return;
  complain(run, node, key, {
    code: "SP406",
    message: `The pattern ${JSON.stringify(pattern)} is not a regular expression of ECMAScript.`,
    fix: "Rewrite it without what other languages add: possessive quantifiers, atomic groups, inline flags, \\A and \\Z.",
  });
}

function compiles(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}
