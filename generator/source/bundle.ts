import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic } from "../code/diagnostic.js";
import { didYouMean } from "../code/suggest.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import { Documents, type Resource, type Target } from "./documents.js";
import { childrenOf, type Role } from "./grammar.js";
import { type Found, placeReferences } from "./lift.js";
import { locate, type Opening, type Reference } from "./locate.js";
import { follow, fragmentOf, tokensOf } from "./pointer.js";
import type { ParsedFile, Reader } from "./read-file.js";
import { schemeKeys } from "./scheme-keys.js";

type Node = Record<string, SpecValue>;

/** A bundling under way. Nodes keep their identity, and so their position: they are moved, never copied. */
interface Bundling extends Opening {
  readonly root: Node;
  readonly dialect: Spec["dialect"];
  readonly visited: Set<object>;
  /** References to this document and to files; and those to what may have to be fetched. */
  readonly near: Reference[];
  readonly far: Reference[];
  readonly found: Found[];
}

/**
 * Brings every document that the entry refers to into one: what a `$ref` names elsewhere becomes a component of the entry. A reference
 * that leaves the entry's folder, by path, link or URL, is refused, unless its origin is allowed (R5).
 */
export async function bundle(
  reader: Reader,
  entry: ParsedFile,
  root: SpecObject,
  dialect: Spec["dialect"],
): Promise<readonly Diagnostic[]> {
  const documents = new Documents();
  const home = documents.add(entry, pathToFileURL(entry.file.path).href, "root");
  const faults: Diagnostic[] = [];
  const tree = path.dirname(entry.file.path);
  const base = { reader, documents, tree, faults, root: root as Node, dialect };
  const run: Bundling = { ...base, visited: new Set(), near: [], far: [], found: [] };
  walk(run, root, "root", home);
  for (let next = take(run); next !== undefined; next = take(run)) await settle(run, next);
  refuseClashes(run);
  if (faults.length === 0) {
    placeReferences(run, entry);
    refuseCircles(run);
  }
  return inOrder(faults);
}

function inOrder(faults: readonly Diagnostic[]): readonly Diagnostic[] {
  const line = ({ at }: Diagnostic) => (at === undefined ? 0 : at.line * 1e6 + at.column);
  const file = ({ at }: Diagnostic) => at?.file ?? "";
  return [...faults].sort((a, b) => (file(a) === file(b) ? line(a) - line(b) : file(a) < file(b) ? -1 : 1));
}

/** What can be settled from what is there comes first, so that no document is asked for that has come under another name. */
function take({ near, far }: Bundling): Reference | undefined {
  return near.pop() ?? far.pop();
}

function walk(run: Bundling, node: SpecValue | undefined, role: Role, around: Resource): void {
  if (typeof node !== "object" || node === null || Array.isArray(node) || run.visited.has(node)) return;
  run.visited.add(node);
  const object = node as Node;
  const resource = run.documents.at(object, around);
  if (typeof object.$ref === "string") note(run, object, "$ref", object.$ref, role, resource);
  if (role === "schema" && typeof object.$dynamicRef === "string") {
    note(run, object, "$dynamicRef", object.$dynamicRef, role, resource);
  }
  if (role === "discriminator") noteMapping(run, object, resource);
  for (const { value, role: child } of childrenOf(object, role)) walk(run, value as SpecValue, child, resource);
  if (role === "root" || role === "operation" || role === "outgoingOperation") {
    for (const { holder, key } of schemeKeys(run, object, resource)) note(run, holder, key, key, "scheme", resource);
  }
}

function note(run: Bundling, holder: Node, key: string, text: string, role: Role, around: Resource): void {
  const at = run.reader.positions.at(holder, key);
  if (at === undefined) return;
  const isFar = /^[a-z][a-z0-9+.-]*:/i.test(text) || (around.uri.startsWith("https:") && !text.startsWith("#"));
  (isFar ? run.far : run.near).push({ holder, key, text, role, around, at });
}

/** The values of a discriminator's mapping are references, or plain names of components. */
function noteMapping(run: Bundling, discriminator: Node, around: Resource): void {
  const mapping = discriminator.mapping;
  if (typeof mapping !== "object" || mapping === null || Array.isArray(mapping)) return;
  const names = mapping as Node;
  for (const key of Object.keys(names)) {
    const text = names[key];
    if (typeof text !== "string") continue;
    const isReference = /[#/:]|\.(ya?ml|json)$/.test(text);
    // A plain name is one of the document's own components, which may be called otherwise when it comes to the entry.
    const own = `#/components/schemas/${text}`;
    const isOwn = around.document.value !== run.root && run.documents.find(around, own.slice(1)) !== undefined;
    if (isReference || isOwn) note(run, names, key, isReference ? text : own, "schema", around);
  }
}

async function settle(run: Bundling, reference: Reference): Promise<void> {
  const { text, role } = reference;
  const [, location = "", fragment = ""] = /^([^#]*)#?(.*)$/s.exec(text) ?? [];
  const resource = location === "" ? reference.around : await locate(run, reference, location);
  if (resource === undefined) return;
  const target = run.documents.find(resource, decoded(fragment));
  if (target === undefined) {
    run.faults.push(unresolved(reference, resource, fragment));
    return;
  }
  run.documents.index(target.node, role, target.resource, target.tokens);
  run.found.push({ ...(isPlain(reference, fragment, target) ? plainReference(reference) : reference), target });
  walk(run, target.node, role, target.resource);
}

/** JSON Schema core, 8.2.3.2: a `$dynamicRef` that does not lead to a `$dynamicAnchor` by its name is a `$ref`. */
function isPlain({ key }: Reference, fragment: string, { node }: Target): boolean {
  return key === "$dynamicRef" && (node as Partial<Node> | null)?.$dynamicAnchor !== decoded(fragment);
}

function plainReference(reference: Reference): Reference {
  const { holder, text } = reference;
  delete holder.$dynamicRef;
  if (holder.$ref === undefined) {
    holder.$ref = text;
    return { ...reference, key: "$ref" };
  }
  const branch: Node = { $ref: text };
  holder.allOf = [...(Array.isArray(holder.allOf) ? holder.allOf : []), branch];
  return { ...reference, holder: branch, key: "$ref" };
}

/** An anchor may be percent-encoded, like any fragment; a pointer is decoded token by token. */
function decoded(fragment: string): string {
  if (fragment === "" || fragment.startsWith("/") || !fragment.includes("%")) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function unresolved(reference: Reference, resource: Resource, fragment: string): Diagnostic {
  const { text, at } = reference;
  const tokens = tokensOf(fragment);
  if (tokens === undefined && fragment.startsWith("/")) {
    const fix = "Write it as a JSON pointer in a URI: % as %25, / in a name as ~1.";
    return complaint("SP022", `The reference is no JSON pointer: ${text}`, fix, at);
  }
  const parent = tokens === undefined ? undefined : follow(resource.root, tokens.slice(0, -1));
  const names =
    tokens === undefined
      ? [...resource.anchors.keys()]
      : typeof parent === "object" && parent !== null
        ? Object.keys(parent)
        : [];
  const way = tokens === undefined ? undefined : detour(resource.root, tokens);
  if (way !== undefined) {
    const fix = `Write ${way}: a JSON pointer does not follow references (RFC 6901, 4).`;
    return complaint("SP023", `The pointer leads through a reference: ${text}`, fix, at);
  }
  const near = didYouMean(tokens?.at(-1) ?? fragment, names);
  const what = tokens === undefined ? "Define it there with $anchor, or write a JSON pointer" : "Define it there";
  const fix = near === undefined ? `${what}, or correct the reference.` : `Did you mean ${JSON.stringify(near)}?`;
  return complaint("SP023", `Nothing stands at ${text}`, fix, at);
}

/** What a pointer seems to mean that comes by a `$ref` and goes on behind it. RFC 6901 knows no references. */
function detour(root: SpecValue | undefined, tokens: readonly string[]): string | undefined {
  for (let length = tokens.length - 1; length > 0; length--) {
    const node = follow(root, tokens.slice(0, length));
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, "$ref")) continue;
    return `${String((node as Node).$ref)}${fragmentOf(tokens.slice(length))}`;
  }
  return undefined;
}

/** Two documents, or schemas, of one name: which is meant depends on who is asked. */
function refuseClashes({ documents, reader, faults }: Bundling): void {
  for (const { uri, node, key } of documents.clashes) {
    const fix = "Give one of the two another, or drop it.";
    faults.push(complaint("SP027", `${key} ${uri} names something else already`, fix, reader.positions.at(node, key)));
  }
}

/** References that lead to nothing but each other name nothing at all. */
function refuseCircles(run: Bundling): void {
  for (const holder of run.visited) {
    const seen = new Set<unknown>();
    let at: SpecValue | undefined = holder as SpecValue;
    while (typeof at === "object" && at !== null && typeof (at as Node).$ref === "string") {
      if (seen.has(at)) {
        if (at !== (holder as SpecValue)) break;
        const span = run.reader.positions.at(holder, "$ref");
        run.faults.push(
          complaint("SP024", "The reference leads back to itself", "Let one of the circle say what it is.", span),
        );
        break;
      }
      seen.add(at);
      at = follow(run.root, tokensOf(String((at as Node).$ref).slice(1)) ?? []);
    }
  }
}
