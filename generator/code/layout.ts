/**
 * Emitted code before it is laid out: a small tree in the manner of Wadler's "A prettier printer". Only the files of this folder
 * make nodes; everybody else gets `Code`, and foreign text becomes `Code` through the doors: literal, identifier, comment
 * and prose.
 */
export type Node =
  | { readonly kind: "text"; readonly text: string; readonly breaks: false }
  | { readonly kind: "concat"; readonly parts: readonly Node[]; readonly breaks: boolean }
  /** On one line where it fits, else with all its own lines broken. */
  | { readonly kind: "group"; readonly content: Node; readonly breaks: boolean; readonly members: number }
  | { readonly kind: "indent"; readonly content: Node; readonly breaks: boolean }
  /** A line break where the group is broken, else `flat`. A hard line breaks every group around it. */
  | { readonly kind: "line"; readonly flat: string; readonly breaks: boolean }
  | { readonly kind: "ifBroken"; readonly broken: string; readonly flat: string; readonly breaks: false }
  /** Items and what separates them, in turn, that fill each line before the next begins. */
  | { readonly kind: "fill"; readonly items: readonly Node[]; readonly breaks: boolean }
  /** The first of these that fits, else the last. */
  | { readonly kind: "choice"; readonly choices: readonly Node[]; readonly breaks: boolean }
  /** A name that the module has to import. */
  | { readonly kind: "use"; readonly use: Use; readonly breaks: false };

/** An import, as a consequence of use. `name: "*"` imports the module whole. */
export interface Use {
  readonly name: string;
  readonly as: string;
  readonly from: string;
  /** Used as a type only. */
  readonly typeOnly: boolean;
}

const brand: unique symbol = Symbol("Code");

/** Code that may be emitted: nothing of it was foreign text, unless it came through a door. */
export interface Code {
  readonly [brand]: Node;
}

/** No value of a spec can pass: the brand is a symbol of this file. */
export function isCode(value: unknown): value is Code {
  return typeof value === "object" && value !== null && brand in value;
}

export function toCode(node: Node): Code {
  return Object.freeze({ [brand]: node });
}

/** The tree of a Code. What is not Code, as a template's field may turn out to be, is refused. */
export function toNode(code: Code): Node {
  if (!isCode(code)) throw new TypeError("only Code can be emitted: use literal, identifier or comment");
  return code[brand];
}

/** For the doors only: the text is emitted as it is. */
export function text(value: string): Node {
  return { kind: "text", text: value, breaks: false };
}

export function concat(parts: readonly Node[]): Node {
  return { kind: "concat", parts, breaks: parts.some((part) => part.breaks) };
}

/** `members`: how many entries or items an object or a list has. */
export function group(content: Node, broken = false, members = 0): Node {
  return { kind: "group", content, breaks: broken || content.breaks, members };
}

export function indent(content: Node): Node {
  return { kind: "indent", content, breaks: content.breaks };
}

export function fill(items: readonly Node[]): Node {
  return { kind: "fill", items, breaks: items.some((item) => item.breaks) };
}

export function choice(choices: readonly Node[]): Node {
  return { kind: "choice", choices, breaks: choices[0]?.breaks ?? false };
}

export function ifBroken(broken: string, flat = ""): Node {
  return { kind: "ifBroken", broken, flat, breaks: false };
}

export function useOf(use: Use): Node {
  return { kind: "use", use, breaks: false };
}

/** A space, or a new line. */
export const line: Node = { kind: "line", flat: " ", breaks: false };
/** Nothing, or a new line. */
export const softline: Node = { kind: "line", flat: "", breaks: false };
/** Always a new line. */
export const hardline: Node = { kind: "line", flat: "", breaks: true };
export const nothing: Node = concat([]);
