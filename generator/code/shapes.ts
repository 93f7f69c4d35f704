import { propertyKey } from "./identifier.js";
import {
  type Code,
  choice,
  concat,
  fill,
  group,
  hardline,
  ifBroken,
  indent,
  line,
  type Node,
  softline,
  text,
  toCode,
  toNode,
} from "./layout.js";

export interface Entry {
  /** Any text: it is quoted where it must be. */
  readonly key: string;
  readonly value: Code;
  /** A comment above it. */
  readonly doc?: Code | undefined;
}

export interface ShapeOptions {
  /** One entry a line, even if all would fit on one. */
  readonly open?: boolean;
}

const comma = concat([text(","), line]);

/** `{ a: 1, b: 2 }`, or one entry a line. An entry without a key, such as a spread, is passed ready-made. */
export function object(entries: readonly (Entry | Code)[], { open = false }: ShapeOptions = {}): Code {
  if (entries.length === 0) return toCode(text("{}"));
  const nodes = entries.map((entry) => ("key" in entry ? keyed(entry) : toNode(entry)));
  return toCode(group(concat([text("{"), indent(concat([line, list(nodes), ifBroken(",")])), line, text("}")]), open));
}

function keyed({ key, value, doc }: Entry): Node {
  return documented(doc, [toNode(propertyKey(key)), text(": "), toNode(value)]);
}

function documented(doc: Code | undefined, parts: readonly Node[]): Node {
  return concat(doc === undefined ? parts : [toNode(doc), hardline, ...parts]);
}

/** `[a, b]`, or one item a line. */
export function array(items: readonly Code[], { open = false }: ShapeOptions = {}): Code {
  if (items.length === 0) return toCode(text("[]"));
  return toCode(bracketed("[", list(items.map(toNode)), "]", open));
}

/** `[1, 2, 3]`, or as many items a line as fit: for numbers. */
export function fillOf(items: readonly Code[]): Code {
  const last = items.length - 1;
  const parts = items.flatMap((item, at) => (at < last ? [concat([toNode(item), text(",")]), line] : [toNode(item)]));
  return toCode(bracketed("[", fill(parts), "]"));
}

/**
 * `callee(a, b)`. A last argument that is an object or a list may open on the line of the call, as Prettier has it; else one
 * argument a line.
 */
export function call(callee: Code, args: readonly Code[]): Code {
  return toCode(concat([toNode(callee), argumentsOf(args.map(toNode))]));
}

function argumentsOf(args: readonly Node[]): Node {
  const before = args.slice(0, -1);
  const last = args[args.length - 1];
  if (last === undefined) return text("()");
  const flat = concat([text("("), ...separated(args, text(", ")), text(")")]);
  const broken = bracketed("(", list(args), ")", true);
  const canHug = isShape(last) && !before.some((one) => one.breaks);
  if (!canHug) return flat.breaks ? broken : choice([flat, broken]);
  const hugged = concat([text("("), ...separated([...before, group(last.content, true)], text(", ")), text(")")]);
  return last.breaks ? hugged : choice([flat, hugged, broken]);
}

/** Whether a node is an object or a list that can be opened. */
function isShape(node: Node): node is Extract<Node, { kind: "group" }> {
  if (node.kind !== "group" || node.content.kind !== "concat") return false;
  const [first] = node.content.parts;
  return first?.kind === "text" && (first.text === "{" || first.text === "[");
}

/** `(a: A, b?: B)`, or one parameter a line. */
export function parameters(items: readonly Code[]): Code {
  return toCode(items.length === 0 ? text("()") : bracketed("(", list(items.map(toNode)), ")"));
}

/** `head.a().b().c()`, or one call a line where that is too long and there are more than two, as Prettier has it. */
export function chain(head: Code, links: readonly Code[]): Code {
  const nodes = links.map(toNode);
  const flat = concat([toNode(head), ...nodes]);
  if (nodes.length <= 2) return toCode(flat);
  const broken = concat([toNode(head), indent(concat(nodes.flatMap((one) => [hardline, one])))]);
  return toCode(choice([flat, broken]));
}

/** `a | b`, or one member a line behind a leading bar. */
export function union(members: readonly Code[]): Code {
  const [only] = members;
  if (only === undefined) return toCode(text("never"));
  if (members.length === 1) return only;
  const nodes = separated(members.map(toNode), concat([line, text("| ")]));
  return toCode(group(indent(concat([softline, ifBroken("| "), ...nodes]))));
}

/** `a & b`. */
export function intersection(members: readonly Code[]): Code {
  return toCode(concat(separated(members.map(toNode), text(" & "))));
}

/** A property of an interface or a type literal. All are read-only. */
export interface Member {
  readonly key: string;
  readonly optional?: boolean;
  readonly type: Code;
  readonly doc?: Code | undefined;
}

/** `{ readonly a: A; readonly b?: B }`, or one member a line: so with `open`, and in the body of an interface. */
export function typeLiteral(members: readonly Member[], { open = false }: ShapeOptions = {}): Code {
  if (members.length === 0) return toCode(text("{}"));
  const content = concat(separated(members.map(memberOf), concat([text(";"), line])));
  return toCode(group(concat([text("{"), indent(concat([line, content, ifBroken(";")])), line, text("}")]), open));
}

function memberOf({ key, optional = false, type, doc }: Member): Node {
  return documented(doc, [text("readonly "), toNode(propertyKey(key)), text(optional ? "?: " : ": "), toNode(type)]);
}

function bracketed(open: string, content: Node, close: string, broken = false): Node {
  return group(concat([text(open), indent(concat([softline, content, ifBroken(",")])), softline, text(close)]), broken);
}

function list(nodes: readonly Node[]): Node {
  return concat(separated(nodes, comma));
}

function separated(nodes: readonly Node[], separator: Node): readonly Node[] {
  return nodes.flatMap((node, at) => (at === 0 ? [node] : [separator, node]));
}
