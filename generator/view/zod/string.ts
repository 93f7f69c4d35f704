import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { code } from "../../code/template.js";
import type { StringRule } from "../../model/schema.js";
import type { Context } from "./context.js";
import { method, regex, z, zod } from "./expression.js";

/** Formats that are asserted; any other is an annotation (JSON Schema validation, 7.2.1). */
const formats: Readonly<Record<string, Code>> = {
  "date-time": code`${z}.iso.datetime({ offset: true })`,
  byte: code`${z}.base64()`,
  date: code`${z}.iso.date()`,
  email: code`${z}.email()`,
  ipv4: code`${z}.ipv4()`,
  ipv6: code`${z}.ipv6()`,
  uri: code`${z}.url()`,
  uuid: code`${z}.guid()`,
};

export function printString(rule: StringRule, context: Context): Code {
  const flags = rule.pattern === undefined ? undefined : flagsOf(rule.pattern);
  if (rule.pattern !== undefined && flags === undefined) {
    context.complain(
      "SP450",
      `The pattern ${JSON.stringify(rule.pattern)} is no regular expression.`,
      "Write it as ECMA-262 does, without the slashes around it.",
    );
  }
  const format = context.formats === "assert" ? rule.format : undefined;
  let expr: Code = (Object.hasOwn(formats, format ?? "") ? formats[format ?? ""] : undefined) ?? zod("string");
  if (rule.minLength !== undefined && rule.minLength > 0) expr = method(expr, "min", literal(rule.minLength));
  if (rule.maxLength !== undefined) {
    // A text that is too long never meets the pattern: length bounds what matching can cost (R36).
    expr = method(
      expr,
      "max",
      literal(rule.maxLength),
      ...(rule.pattern === undefined ? [] : [literal({ abort: true })]),
    );
  }
  return rule.pattern === undefined || flags === undefined ? expr : method(expr, "regex", regex(rule.pattern, flags));
}

/** JSON Schema core, 6.4: patterns are read as Unicode. Those that only make sense without are read without. */
export function flagsOf(pattern: string): string | undefined {
  return ["u", ""].find((flags) => {
    try {
      return new RegExp(pattern, flags) !== undefined;
    } catch {
      return false;
    }
  });
}
