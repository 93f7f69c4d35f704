import { type Code, concat, hardline, type Node, nothing, text, toCode, toNode } from "./layout.js";

/**
 * Code as it is written in our own source: the constant parts of the template are emitted, and between them only `Code` may stand.
 * A line break in the template is one in the output.
 */
export function code(strings: TemplateStringsArray, ...values: readonly Code[]): Code {
  // A tag is the only caller with a frozen array of parts: a string of foreign text cannot come this way by mistake.
  if (!Array.isArray(strings) || !Object.isFrozen(strings)) throw new TypeError("code is a template tag");
  const parts = strings.flatMap((part, at) => {
    const value = values[at];
    return value === undefined ? [constant(part)] : [constant(part), toNode(value)];
  });
  return toCode(concat(parts));
}

function constant(part: string): Node {
  if (!part.includes("\n")) return part === "" ? nothing : text(part);
  return concat(part.split("\n").flatMap((row, at) => (at === 0 ? [text(row)] : [hardline, text(row)])));
}

/** Codes one after the other. */
export function join(codes: readonly Code[], separator: Code = toCode(nothing)): Code {
  const between = toNode(separator);
  return toCode(concat(codes.flatMap((one, at) => (at === 0 ? [toNode(one)] : [between, toNode(one)]))));
}

/** Codes one below the other. */
export function lines(codes: readonly Code[]): Code {
  return join(codes, toCode(hardline));
}

/**
 * A template of ours with its holes filled. For the template engine only, whose constant parts are the text of `templates/`;
 * the architecture of the code tests says that nobody else calls it.
 */
export function filled(parts: readonly string[], values: readonly Code[]): Code {
  return toCode(
    concat(
      parts.flatMap((part, at) => {
        const value = values[at];
        return value === undefined ? [constant(part)] : [constant(part), toNode(value)];
      }),
    ),
  );
}
