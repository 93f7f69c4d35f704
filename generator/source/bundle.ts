import { realpath } from "node:fs/promises";
import path from "node:path";
import { type Diagnostic, DiagnosticError, type SourceSpan } from "../code/diagnostic.js";
import { didYouMean } from "../code/suggest.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import { type ComponentKind, isPayload, kindAt } from "./component-kind.js";
import { follow, fragmentOf, tokensOf } from "./pointer.js";
import type { ParsedFile, Reader } from "./read-file.js";

type Node = Record<string, SpecValue>;

/** A bundling under way. Nodes keep their identity, and so their position: they are moved, never copied. */
interface Bundling {
  readonly reader: Reader;
  readonly entry: ParsedFile;
  readonly root: Node;
  /** The folder that references must stay in, symbolic links resolved. */
  readonly tree: string;
  readonly faults: Diagnostic[];
  /** Where a target of another file went. */
  readonly lifted: Map<string, string>;
  readonly visited: Set<object>;
}

/** A reference, and where it stands. */
interface Reference {
  readonly holder: Node;
  readonly text: string;
  readonly file: ParsedFile;
  readonly path: readonly string[];
  readonly at: SourceSpan;
}

/**
 * Brings every file that the entry refers to into one document: what a `$ref` names elsewhere becomes a component of the entry. A
 * reference that leaves the entry's folder, by path, link or URL, is refused (R5).
 */
export async function bundle(reader: Reader, entry: ParsedFile, root: SpecObject): Promise<readonly Diagnostic[]> {
  const tree = path.dirname(entry.file.path);
  const run: Bundling = {
    reader,
    entry,
    root: root as Node,
    tree,
    faults: [],
    lifted: new Map(),
    visited: new Set(),
  };
  await walk(run, root, entry, []);
  if (run.faults.length === 0) refuseCircles(run);
  return run.faults;
}

async function walk(
  run: Bundling,
  node: SpecValue | undefined,
  file: ParsedFile,
  at: readonly string[],
): Promise<void> {
  if (typeof node !== "object" || node === null || run.visited.has(node)) return;
  run.visited.add(node);
  const object = node as Node;
  const reference = object.$ref;
  if (!Array.isArray(node) && typeof reference === "string" && at.at(-1) !== "properties") {
    const span = run.reader.positions.at(object, "$ref");
    if (span !== undefined) await settle(run, { holder: object, text: reference, file, path: at, at: span });
  }
  if (at.at(-1) === "discriminator") await walkMapping(run, object, file, at);
  for (const key of Object.keys(object)) {
    if (key === "$ref" || isPayload(at, key)) continue;
    await walk(run, object[key], file, [...at, key]);
  }
}

/** The values of a discriminator's mapping are references, or plain names of components. */
async function walkMapping(run: Bundling, discriminator: Node, file: ParsedFile, at: readonly string[]): Promise<void> {
  const mapping = discriminator.mapping;
  if (typeof mapping !== "object" || mapping === null || Array.isArray(mapping)) return;
  const names = mapping as Node;
  for (const key of Object.keys(names)) {
    const text = names[key];
    if (typeof text !== "string" || !/[#/]|\.(ya?ml|json)$/.test(text)) continue;
    const span = run.reader.positions.at(names, key);
    const holder: Node = { $ref: text };
    if (span !== undefined) await settle(run, { holder, text, file, path: [...at, "items"], at: span });
    names[key] = holder.$ref ?? text;
  }
}

async function settle(run: Bundling, reference: Reference): Promise<void> {
  const [location = "", fragment = ""] = splitOnce(reference.text, "#");
  const tokens = tokensOf(fragment);
  if (tokens === undefined) {
    run.faults.push(unsupported(reference));
    return;
  }
  const file = location === "" ? reference.file : await open(run, reference, location);
  if (file === undefined) return;
  const isEntry = file.file === run.entry.file;
  const target = follow(isEntry ? run.root : file.value, tokens);
  if (target === undefined) {
    run.faults.push(unresolved(run, reference, file, tokens));
    return;
  }
  if (isEntry) {
    reference.holder.$ref = `#${fragmentOf(tokens)}`;
    return;
  }
  await lift(run, reference, file, tokens, target);
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

async function open(run: Bundling, reference: Reference, location: string): Promise<ParsedFile | undefined> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location) || location.startsWith("//") || location.startsWith("\\")) {
    const fix = "Keep a copy of the file beside the description, and refer to that.";
    run.faults.push(complaint("SP020", `The reference leaves this machine: ${reference.text}`, fix, reference.at));
    return undefined;
  }
  const named = path.resolve(path.dirname(reference.file.file.path), safeDecode(location));
  const real = await realpath(named).catch(() => named);
  if (real !== run.tree && !real.startsWith(run.tree + path.sep)) {
    const fix = `Move the file below ${path.basename(run.tree)}/, the description's own folder.`;
    run.faults.push(
      complaint("SP021", `The reference leaves the description's folder: ${reference.text}`, fix, reference.at),
    );
    return undefined;
  }
  try {
    const file = await run.reader.read(named);
    run.faults.push(...file.faults.filter((fault) => !run.faults.includes(fault)));
    return file.value === undefined ? undefined : file;
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown;
    run.faults.push(...thrown.diagnostics.map((one) => ({ ...one, at: reference.at })));
    return undefined;
  }
}

function safeDecode(location: string): string {
  try {
    return decodeURIComponent(location);
  } catch {
    return location;
  }
}

/** Gives a target of another file a place among the entry's components, and what it refers to in turn. */
async function lift(
  run: Bundling,
  reference: Reference,
  file: ParsedFile,
  tokens: readonly string[],
  target: SpecValue,
): Promise<void> {
  const kind = kindAt(reference.path);
  const id = `${kind} ${file.file.path}#${fragmentOf(tokens)}`;
  const known = run.lifted.get(id);
  if (known !== undefined) {
    reference.holder.$ref = known;
    return;
  }
  const components = childOf(childOf(run.root, "components"), kind);
  const name = freeName(components, nameOf(file, tokens), target);
  const pointer = `#${fragmentOf(["components", kind, name])}`;
  run.lifted.set(id, pointer);
  components[name] = target;
  reference.holder.$ref = pointer;
  await walk(run, target, file, ["components", kind satisfies ComponentKind, name]);
}

function childOf(parent: Node, key: string): Node {
  const child = parent[key];
  if (typeof child === "object" && child !== null && !Array.isArray(child)) return child as Node;
  const made: Node = Object.create(null);
  parent[key] = made as SpecObject;
  return made;
}

function nameOf(file: ParsedFile, tokens: readonly string[]): string {
  const last = tokens.at(-1) ?? path.basename(file.file.path).replace(/\.[^.]*$/, "");
  const clean = last.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^_+|_+$/g, "");
  return clean === "" ? "component" : clean;
}

function freeName(components: Node, wanted: string, target: SpecValue): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}${count}`;
    if (!Object.hasOwn(components, name) || components[name] === target) return name;
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

function unsupported(reference: Reference): Diagnostic {
  const fix = "Write the reference as a JSON pointer, like #/components/schemas/Account.";
  return complaint("SP022", `The reference is no JSON pointer: ${reference.text}`, fix, reference.at);
}

function unresolved(run: Bundling, reference: Reference, file: ParsedFile, tokens: readonly string[]): Diagnostic {
  const parent = follow(file.file === run.entry.file ? run.root : file.value, tokens.slice(0, -1));
  const names = typeof parent === "object" && parent !== null ? Object.keys(parent) : [];
  const near = didYouMean(tokens.at(-1) ?? "", names);
  const fix =
    near === undefined ? "Define it there, or correct the reference." : `Did you mean ${JSON.stringify(near)}?`;
  return complaint("SP023", `Nothing stands at ${reference.text}`, fix, reference.at);
}
