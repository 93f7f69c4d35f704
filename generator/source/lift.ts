import path from "node:path";
import type { SpecValue } from "../model/spec.js";
import type { Target } from "./documents.js";
import { componentKinds } from "./grammar.js";
import type { Reference } from "./locate.js";
import { fragmentOf } from "./pointer.js";
import type { Positions } from "./positions.js";
import type { ParsedFile, Reader } from "./read-file.js";

type Node = Record<string, SpecValue>;

/** A reference, and what it leads to. */
export interface Found extends Reference {
  readonly target: Target;
}

/** What of another document becomes a component of the entry. */
interface Lifted {
  readonly kind: string;
  readonly node: SpecValue;
  /** The document, as seen from the entry's folder, and the pointer in it. */
  readonly document: string;
  readonly tokens: readonly string[];
}

interface Placing {
  readonly reader: Reader;
  readonly root: Node;
  readonly found: readonly Found[];
}

/**
 * Writes each reference as a pointer in the entry, and gives what stands in other documents a place among its components. Names do not
 * depend on the order of references.
 */
export function placeReferences({ reader, root, found }: Placing, entry: ParsedFile): void {
  const lifted = new Map<string, Lifted>();
  for (const one of found) {
    const kind = kindOf(one);
    const isHome = one.target.resource.document === entry;
    if (kind === undefined || (isHome && one.role !== "scheme") || schemeName(one, entry) !== undefined) continue;
    const { node, tokens, resource } = one.target;
    const document = nameOfDocument(resource.document, entry);
    lifted.set(idOf(one), { kind, node, document, tokens });
  }
  const names = nameLifted(lifted, root);
  for (const [id, { kind, node }] of lifted) childOf(childOf(root, "components"), kind)[names.get(id) ?? id] = node;
  const inlined = new Map<object, Found>();
  for (const one of found) {
    const name = schemeName(one, entry) ?? names.get(idOf(one));
    if (one.role === "scheme" && one.key !== "$ref") rename(one, name ?? one.text);
    else if (name !== undefined) one.holder[one.key] = pointer(["components", kindOf(one) ?? "", name]);
    else if (one.target.resource.document === entry) one.holder[one.key] = pointer(one.target.tokens);
    else inlined.set(one.holder, one);
  }
  for (const one of inlined.values()) inline(one, inlined, reader.positions);
}

/**
 * A path item has no place among the components of 3.0, and needs none in the others: it is copied to where it is used. Beside other
 * fields it stays a reference, which the rules refuse.
 */
function kindOf({ role, holder }: Found): string | undefined {
  const isPath = role === "pathItem" || role === "outgoingPath";
  const others = Object.keys(holder).filter((key) => !["$ref", "summary", "description"].includes(key));
  return isPath && others.length > 0 ? "pathItems" : componentKinds[role];
}

function idOf(found: Found): string {
  const { resource, tokens } = found.target;
  return `${kindOf(found)} ${resource.document.file.path}#${fragmentOf(tokens)}`;
}

function pointer(tokens: readonly string[]): string {
  return `#${fragmentOf(tokens)}`;
}

/** The name of a scheme that is a component of the entry already. */
function schemeName({ role, key, target }: Found, entry: ParsedFile): string | undefined {
  const [first, second, name, ...rest] = target.tokens;
  const isComponent = first === "components" && second === "securitySchemes" && rest.length === 0;
  return role === "scheme" && key !== "$ref" && target.resource.document === entry && isComponent ? name : undefined;
}

function rename({ holder, key }: Found, name: string): void {
  const needs = holder[key] ?? [];
  delete holder[key];
  holder[name] = needs;
}

function inline(one: Found, inlined: ReadonlyMap<object, Found>, positions: Positions): void {
  const seen = new Set<object>();
  let { node } = one.target;
  for (let next = inlined.get(node as object); next !== undefined && !seen.has(next); ) {
    seen.add(next);
    node = next.target.node;
    next = inlined.get(node as object);
  }
  if (typeof node !== "object" || node === null || node === one.holder) return;
  delete one.holder.$ref;
  for (const key of Object.keys(node)) {
    if (Object.hasOwn(one.holder, key)) continue;
    one.holder[key] = (node as Node)[key] ?? null;
    positions.adopt(one.holder, key, node);
  }
}

/**
 * The last token of a pointer is its name, where that is free and nobody else asks for it. Where two ask, each says its document too,
 * so that no name ever means what another one meant before.
 */
function nameLifted(lifted: ReadonlyMap<string, Lifted>, root: Node): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const slot = (kind: string, name: string) => `${kind} ${name.toLowerCase()}`;
  const components = Object.entries(root.components ?? {}) as readonly (readonly [string, SpecValue])[];
  const given = new Set(components.flatMap(([kind, own]) => Object.keys(own ?? {}).map((name) => slot(kind, name))));
  let open = [...lifted].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const wanted of [plainName, nameWithFile, nameWithPath]) {
    const claims = new Map<string, number>();
    for (const [, one] of open)
      claims.set(slot(one.kind, wanted(one)), (claims.get(slot(one.kind, wanted(one))) ?? 0) + 1);
    open = open.filter(([id, one]) => {
      const name = wanted(one);
      const key = slot(one.kind, name);
      if (claims.get(key) !== 1 || given.has(key)) return true;
      given.add(key);
      names.set(id, name);
      return false;
    });
  }
  for (const [id, one] of open) {
    let name = nameWithPath(one);
    for (let count = 2; given.has(slot(one.kind, name)); count += 1) name = `${nameWithPath(one)}${count}`;
    given.add(slot(one.kind, name));
    names.set(id, name);
  }
  return names;
}

/** OpenAPI 4.8.7: names of components are letters, digits, dots, hyphens and underscores. */
const clean = (text: string) => text.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^_+|_+$/g, "");
const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
const stem = (document: string) => document.replace(/\.[^./]*$/, "");
const words = (text: string) =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map(capital)
    .join("");

function plainName({ tokens, document }: Lifted): string {
  return clean(tokens.at(-1) ?? path.posix.basename(stem(document))) || "Component";
}

function nameWithFile(one: Lifted): string {
  return (
    `${words(path.posix.basename(stem(one.document)))}${capital(one.tokens.length === 0 ? "" : plainName(one))}` ||
    "Component"
  );
}

function nameWithPath(one: Lifted): string {
  return `${words(stem(one.document))}${words(one.tokens.join("/"))}` || "Component";
}

function nameOfDocument({ file }: ParsedFile, entry: ParsedFile): string {
  if (file.path.startsWith("https:")) return file.path;
  return path.relative(path.dirname(entry.file.path), file.path).split(path.sep).join("/");
}

function childOf(parent: Node, key: string): Node {
  const child = parent[key];
  if (typeof child === "object" && child !== null && !Array.isArray(child)) return child as Node;
  const made: Node = Object.create(null);
  parent[key] = made as SpecValue;
  return made;
}
