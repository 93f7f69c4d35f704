import type { Field } from "../policy/index.js";
import { EncodingError } from "./faults.js";
import { encodePercent } from "./percent.js";

/**
 * The text of a scalar that has one.
 * @throws EncodingError for what would not be read back as what it is: null among others, which has no text.
 */
export function plainText(name: string, value: unknown): string {
  if (typeof value === "string") {
    // RFC 3629, 3: a lone surrogate has no UTF-8.
    if (/\p{Surrogate}/u.test(value)) throw new EncodingError(name, "the text holds a lone surrogate");
    return value;
  }
  if (typeof value === "boolean" || typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value)))
    return String(value);
  throw new EncodingError(name, `${value === null ? "null" : typeof value} has no text that would be read back`);
}

/**
 * A path template with its parameters filled in, where each is one text in the style `simple`: so they are in nearly every API.
 * @throws EncodingError when a parameter is missing, or a value would change the path: `.`, `..` and the empty one (R58).
 */
export function plainPath(
  template: string,
  fields: readonly Field[],
  input: Readonly<Record<string, unknown>>,
): string {
  return fillPath(template, (name) => {
    const value = input[fields.find((field) => field.name === name)?.key ?? name];
    if (value === undefined || value === null) throw new EncodingError(name, "a path parameter is missing");
    return encodePercent(plainText(name, value));
  });
}

/**
 * A path template with the texts of its parameters.
 * @throws EncodingError when a text would change the path, or end where the template does not say.
 */
export function fillPath(template: string, textOf: (name: string) => string): string {
  return template
    .split("/")
    .map((segment) => {
      let used: string | undefined;
      const filled = segment.replace(
        /\{([^{}]*)\}([^{]*)/g,
        (whole: string, name: string, literal: string, at: number) => {
          used = name;
          const text = textOf(name);
          if (text === "") throw new EncodingError(name, '"" would change the path');
          if (at + whole.length < segment.length && !endsWell(text, literal))
            throw new EncodingError(name, `${JSON.stringify(text)} could not be told from what stands behind it`);
          return `${text}${literal}`;
        },
      );
      if (used !== undefined && /^(?:\.|%2e){0,2}$/i.test(filled))
        throw new EncodingError(used, `${JSON.stringify(filled)} would change the path`);
      return filled;
    })
    .join("/");
}

/** Whether a server takes a value for ended where it ends: the literal behind it has to stand first there (runtime/src/server/template.ts). */
function endsWell(text: string, literal: string): boolean {
  const spelt = literal.includes("%") ? literal : encodeURI(literal);
  return `${text}${spelt}`.indexOf(spelt, 1) === text.length;
}

/**
 * A query of texts and lists of texts in the style `form`, exploded: OpenAPI's default. Without its question mark.
 * @throws EncodingError
 */
export function plainQuery(fields: readonly Field[], input: Readonly<Record<string, unknown>>): string {
  return fields
    .flatMap(({ name, key = name, kind }) => {
      const value = input[key];
      if (value === undefined) return [];
      const texts: readonly unknown[] = Array.isArray(value) && Array.isArray(kind) ? value : [value];
      return texts.map((one) => `${encodePercent(name)}=${encodePercent(plainText(name, one))}`);
    })
    .join("&");
}
