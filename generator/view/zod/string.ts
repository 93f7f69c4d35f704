import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { code } from "../../code/template.js";
import type { StringRule } from "../../model/schema.js";
import { longestOf } from "../../patterns/budget.js";
import { flagsOf } from "../../patterns/regular-expression.js";
import { type Context, runtime } from "./context.js";
import { method, regex, z, zod } from "./expression.js";
import { printHeldText } from "./held.js";

/** Formats that zod knows as their specifications have them. */
const ofZod: Readonly<Record<string, Code>> = {
  base64url: code`${z}.base64url()`,
  byte: code`${z}.base64()`,
  date: code`${z}.iso.date()`,
  ipv4: code`${z}.ipv4()`,
  ipv6: code`${z}.ipv6()`,
  uuid: code`${z}.guid()`,
};

/** Formats that `@sallyport/runtime/schema` checks. Any other is an annotation (JSON Schema validation, 7.2.1). */
const ofRuntime: ReadonlySet<string> = new Set([
  ...["date-time", "date-time-local", "time", "time-local", "duration", "http-date", "email", "hostname"],
  ...["uri", "uri-reference", "iri", "iri-reference", "uri-template", "json-pointer", "relative-json-pointer"],
  ...["regex", "char"],
]);

export function printString(rule: StringRule, context: Context): Code {
  if (rule.held !== undefined) return printHeldText(rule.held, context);
  const flags = rule.pattern === undefined ? undefined : flagsOf(rule.pattern);
  if (rule.pattern !== undefined && flags === undefined) {
    context.complain(
      "SP450",
      `The pattern ${JSON.stringify(rule.pattern)} is no regular expression.`,
      "Write it as ECMA-262 does, without the slashes around it.",
    );
  }
  const format = context.formats === "assert" ? (rule.format ?? "") : "";
  const isOurs = ofRuntime.has(format);
  let expr: Code = (Object.hasOwn(ofZod, format) ? ofZod[format] : undefined) ?? zod("string");
  if (rule.minLength !== undefined && rule.minLength > 0) expr = method(expr, "min", literal(rule.minLength));
  const longest = longestIn(rule, context);
  if (longest !== undefined) {
    // A text that is too long never meets a pattern: length bounds what matching can cost (R36).
    const abort = rule.pattern === undefined && !isOurs ? [] : [literal({ abort: true })];
    expr = method(expr, "max", literal(longest), ...abort);
  }
  if (isOurs) expr = method(expr, "check", runtime(context, "format", literal(format)));
  return rule.pattern === undefined || flags === undefined ? expr : method(expr, "regex", regex(rule.pattern, flags));
}

/** What the rules let through because it meets short texts only, meets those. JSON Schema's verdict alone knows no such bound. */
function longestIn({ pattern, maxLength }: StringRule, { direction }: Context): number | undefined {
  return pattern === undefined || direction === "plain" ? maxLength : longestOf(pattern, maxLength);
}
