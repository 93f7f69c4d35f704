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
  const content = indent(concat([line, list(nodes), ifBroken(",")]));
  const result = group(concat([text("{"), content, line, text("}")]), open, nodes.length);
  return toCode(
    nested(
      result,
      entries.map((entry) => ("key" in entry ? toNode(entry.value) : toNode(entry))),
    ),
  );
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
  const nodes = items.map(toNode);
  // A table, as Prettier has it, reads by rows.
  const isTable = nodes.length > 1 && nodes.every((one) => isShape(one) && one.members > 1);
  return toCode(nested(bracketed("[", list(nodes), "]", open || isTable, nodes.length), nodes));
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
  const nodes = args.map(toNode);
  return toCode(nested(concat([toNode(callee), argumentsOf(nodes)]), nodes));
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

/** How deep lists, objects and arguments nest in a node. */
const depths = new WeakMap<Node, number>();

function nested(node: Node, parts: readonly Node[]): Node {
  if (parts.length > 0) depths.set(node, 1 + Math.max(...parts.map(depthOf)));
  return node;
}

function depthOf(node: Node): number {
  return depths.get(node) ?? 0;
}

interface Chain {
  readonly head: Node;
  readonly links: readonly Node[];
}

/** What was chained, so that the next link joins it. */
const chains = new WeakMap<Node, Chain>();

/** `of.a().b()`: a link on what may be a chain already. On one line, or one link a line where that is too long or too dense. */
export function chained(of: Code, link: Code): Code {
  const node = toNode(of);
  const { head, links: before } = chains.get(node) ?? { head: node, links: [] };
  const links = [...before, toNode(link)];
  const flat = concat([head, ...links]);
  const broken = concat([head, indent(concat(links.flatMap((one) => [hardline, one])))]);
  const deepest = Math.max(...links.map(depthOf));
  // Prettier: of more than two calls with arguments that nest, each has its own line.
  const isDense = links.length > 2 && deepest > 2;
  const chain = links.length < 2 ? flat : isDense ? broken : choice([flat, broken]);
  chains.set(chain, { head, links });
  depths.set(chain, deepest);
  return toCode(chain);
}

/** `(a, b) => body`, the body on a line of its own where it does not fit. */
export function arrow(params: Code, body: Code): Code {
  return toCode(group(concat([toNode(params), text(" =>"), group(indent(concat([line, toNode(body)])))])));
}

/** `callee(() => value)`, the value on lines of its own where it does not fit: Prettier keeps the arrow on the line of the call. */
export function deferred(callee: Code, value: Code): Code {
  const body = indent(concat([softline, toNode(value)]));
  const flat = concat([toNode(callee), text("(() => "), toNode(value), text(")")]);
  const broken = concat([toNode(callee), text("(() =>"), group(concat([body, text(","), softline]), true), text(")")]);
  return toCode(toNode(value).breaks ? broken : choice([flat, broken]));
}

/** `callee(() => ({ … }))`: the object opens on the line of the call where that fits. */
export function thunk(callee: Code, value: Code): Code {
  const inside = concat([text("() => ("), toNode(value), text(")")]);
  const hugged = concat([toNode(callee), text("("), inside, text(")")]);
  const broken = concat([toNode(callee), bracketed("(", inside, ")", true)]);
  return toCode(choice([hugged, hugged, broken]));
}

/** `Name<A, B>`, or one argument a line. */
export function generic(name: Code, args: readonly Code[]): Code {
  const inside = concat(separated(args.map(toNode).map(asArgument), comma));
  return toCode(
    concat([toNode(name), group(concat([text("<"), indent(concat([softline, inside])), softline, text(">")]))]),
  );
}

/** What stands behind `=`: on the next line where it does not fit and cannot be broken itself. */
export function assigned(value: Code): Code {
  const node = toNode(value);
  return isSolid(node) ? toCode(group(indent(concat([softline, node])))) : value;
}

function isSolid(node: Node): boolean {
  return node.kind === "concat" ? node.parts.every(isSolid) : node.kind === "text" || node.kind === "use";
}

/** A union among type arguments begins where it stands. */
function asArgument(node: Node): Node {
  const members = unions.get(node);
  return members === undefined || node.kind !== "group" ? node : group(barred(members));
}

/** The members of unions, so that a union in a union is one union. */
const unions = new WeakMap<Node, readonly Node[]>();

/** `a | b`, or one member a line behind a leading bar. */
export function union(members: readonly Code[]): Code {
  const nodes = members.map(toNode).flatMap((one) => unions.get(one) ?? [one]);
  const [only] = nodes;
  if (only === undefined) return toCode(text("never"));
  if (nodes.length === 1) return toCode(only);
  // An object or null stays an object to the eye.
  const isNullable = nodes.length === 2 && nodes.some(isNull) && nodes.some(isShape);
  const result = isNullable ? concat(separated(nodes, text(" | "))) : group(unionRows(nodes));
  unions.set(result, nodes);
  return toCode(result);
}

function isNull(node: Node): boolean {
  return node.kind === "text"
    ? node.text === "null"
    : node.kind === "concat" && node.parts.length === 1 && node.parts.every(isNull);
}

function unionRows(nodes: readonly Node[]): Node {
  return indent(concat([softline, barred(nodes)]));
}

function barred(nodes: readonly Node[]): Node {
  return concat([ifBroken("| "), ...separated(nodes.map(indent), concat([line, text("| ")]))]);
}

/** `(type)`, as a member of something that binds more tightly. */
export function parenthesized(type: Code): Code {
  const members = unions.get(toNode(type));
  const inside = members === undefined ? [toNode(type)] : [unionRows(members), softline];
  return toCode(group(concat([text("("), ...inside, text(")")])));
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

function bracketed(open: string, content: Node, close: string, broken = false, members = 0): Node {
  const inside = indent(concat([softline, content, ifBroken(",")]));
  return group(concat([text(open), inside, softline, text(close)]), broken, members);
}

function list(nodes: readonly Node[]): Node {
  return concat(separated(nodes, comma));
}

function separated(nodes: readonly Node[], separator: Node): readonly Node[] {
  return nodes.flatMap((node, at) => (at === 0 ? [node] : [separator, node]));
}
