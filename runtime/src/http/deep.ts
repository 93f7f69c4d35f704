import type { Kind } from "../policy/index.js";
import { entriesOf } from "./delimited.js";
import { decodeQueryText } from "./percent.js";
import {
  EncodingError,
  itemKind,
  kindOfProperty,
  propertyKinds,
  readScalar,
  Unreadable,
  writeScalar,
} from "./scalar.js";

/** What stands under one name: a text, not decoded, or further names. */
type Branch = Map<string, Branch | string>;

/** As in JSON: deeper than any schema of a parameter, and less than what overflows a stack. */
const deepest = 32;

/**
 * `filter[state]=open`. OpenAPI defines one level; further levels are further brackets, and items are numbered from 0:
 * `filter[tags][0]=new`.
 * @throws Unreadable
 */
export function readDeep(name: string, kind: Kind, texts: Map<string, string[]>): unknown {
  const root: Branch = new Map();
  for (const [key, found] of [...texts]) {
    const path = pathIn(name, key);
    if (path === undefined) continue;
    texts.delete(key);
    if (found.length > 1 || path.length > deepest) throw new Unreadable("A property stands twice, or too deep.");
    hang(root, path, found[0] ?? "");
  }
  return root.size === 0 ? undefined : read(kind, root);
}

/** Whether a key is one of a parameter's: its name, and brackets. */
export function isWithin(name: string, key: string): boolean {
  return pathIn(name, key) !== undefined;
}

/** The names in the brackets of a key; `undefined` where the key is none of this parameter's. */
function pathIn(name: string, key: string): readonly string[] | undefined {
  if (!key.startsWith(`${name}[`) || !/^(?:\[[^[\]]*\])+$/.test(key.slice(name.length))) return undefined;
  return key.slice(name.length + 1, -1).split("][");
}

function hang(root: Branch, path: readonly string[], text: string): void {
  let here = root;
  for (const [at, step] of path.entries()) {
    const below = here.get(step);
    if (at === path.length - 1) {
      if (below !== undefined) throw new Unreadable("A property stands twice.");
      here.set(step, text);
    } else {
      if (typeof below === "string") throw new Unreadable("A property stands twice.");
      const next: Branch = below ?? new Map();
      here.set(step, next);
      here = next;
    }
  }
}

function read(kind: Kind, node: Branch | string): unknown {
  if (typeof node === "string") {
    if (typeof kind === "object") throw new Unreadable("A list or an object is wanted.");
    return readScalar(kind, decodeQueryText(node));
  }
  const item = itemKind(kind);
  if (item !== undefined) {
    return Array.from({ length: node.size }, (_, at) => {
      const one = node.get(String(at));
      if (one === undefined) throw new Unreadable("Items are numbered from 0, without gaps.");
      return read(item, one);
    });
  }
  const properties = propertyKinds(kind);
  if (properties === undefined) throw new Unreadable("A text is wanted.");
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, below] of node) {
    // The one name that validators look away from (R32).
    if (name === "__proto__") throw new Unreadable("A name is not allowed.");
    object[name] = read(kindOfProperty(properties, name) ?? "string", below);
  }
  return object;
}

/**
 * The keys and texts of a value, not encoded.
 * @throws EncodingError for names with brackets, and for an empty list or object within another, which has no text.
 */
export function writeDeep(name: string, kind: Kind, value: unknown): readonly (readonly [string, string])[] {
  const write = (path: string, of: Kind, one: unknown): readonly (readonly [string, string])[] => {
    const item = itemKind(of);
    const properties = propertyKinds(of);
    if (item === undefined && properties === undefined) return [[path, writeScalar(name, of, one)]];
    const parts =
      properties === undefined
        ? (Array.isArray(one) ? one : [one]).map((part, at) => [String(at), part] as const)
        : entriesOf(name, one);
    if (parts.length === 0 && path !== name)
      throw new EncodingError(name, "an empty list or object within another has no text");
    return parts.flatMap(([key, part]) => {
      if (/[[\]]/.test(key)) throw new EncodingError(name, "a name holds a bracket");
      return write(`${path}[${key}]`, item ?? kindOfProperty(properties ?? {}, key) ?? "string", part);
    });
  };
  return write(name, kind, value);
}
