import type { SpecValue } from "../model/spec.js";
import { childrenOf, type Role } from "./grammar.js";
import { tokensOf } from "./pointer.js";
import type { ParsedFile } from "./read-file.js";

/** What a URI without a fragment names: a document, or a schema in one that has an `$id` (JSON Schema 2020-12, 8.2.1). */
export interface Resource {
  readonly uri: string;
  readonly document: ParsedFile;
  readonly root: SpecValue;
  /** Where the root stands in its document. */
  readonly tokens: readonly string[];
  /** `$anchor`s, and where they stand in the document (8.2.2). */
  readonly anchors: Map<string, readonly string[]>;
}

/** A node that a reference leads to. */
export interface Target {
  readonly node: SpecValue;
  /** Where it stands in the document of its resource. */
  readonly tokens: readonly string[];
  readonly resource: Resource;
}

/** The documents of a run by their URIs: where they were found, `$self` (OpenAPI 3.2, 4.1.2.2) and each `$id`. */
export class Documents {
  readonly #byUri = new Map<string, Resource>();
  readonly #roots = new WeakMap<object, Resource>();
  readonly #indexed = new Set<object>();
  readonly #named = new Map<ParsedFile, boolean>();
  /** URIs that two documents claim. */
  readonly clashes: { readonly uri: string; readonly node: object; readonly key: string }[] = [];

  get(uri: string): Resource | undefined {
    return this.#byUri.get(uri);
  }

  /** Lets another URI name the same. */
  alias(uri: string, resource: Resource): void {
    if (!this.#byUri.has(uri)) this.#byUri.set(uri, resource);
  }

  /** The resource that begins with a node, or the one around it. */
  at(node: SpecValue | undefined, around: Resource): Resource {
    return typeof node === "object" && node !== null ? (this.#roots.get(node) ?? around) : around;
  }

  /** Takes a document in, found at `uri`. Everything in it that has a name can be referred to from then on. */
  add(document: ParsedFile, uri: string, role: Role): Resource {
    const root = document.value ?? null;
    const node = isObject(root) ? root : {};
    const isDescription = typeof node.openapi === "string";
    const self = isDescription && typeof node.$self === "string" ? resolved(node.$self, uri) : undefined;
    const resource: Resource = { uri: self ?? uri, document, root, tokens: [], anchors: new Map() };
    this.#byUri.set(uri, resource);
    if (self !== undefined) this.#claim(self, resource, node, "$self");
    if (isObject(root)) this.#roots.set(root, resource);
    this.index(root, isDescription ? "root" : role, resource, []);
    // A file that is no description is a library: each of its entries may be a schema.
    if (!isDescription) for (const [key, value] of Object.entries(node)) this.index(value, "schema", resource, [key]);
    return resource;
  }

  /** Remembers every `$id` and `$anchor` below a node. */
  index(value: unknown, role: Role, around: Resource, tokens: readonly string[]): void {
    if (!isObject(value) || this.#indexed.has(value) || !this.#namesSchemas(around.document)) return;
    this.#indexed.add(value);
    const resource = role === "schema" ? this.#schemaAt(value, around, tokens) : around;
    for (const child of childrenOf(value, role)) {
      this.index(child.value, child.role, resource, [...tokens, ...child.keys]);
    }
  }

  /** Most documents do not: that saves a walk through them. */
  #namesSchemas(document: ParsedFile): boolean {
    const known = this.#named.get(document) ?? /\$(id|anchor|dynamicAnchor)/.test(document.file.text);
    this.#named.set(document, known);
    return known;
  }

  #schemaAt(node: Node, around: Resource, tokens: readonly string[]): Resource {
    const id = typeof node.$id === "string" && !node.$id.startsWith("#") ? resolved(node.$id, around.uri) : undefined;
    let resource = around;
    if (id !== undefined && id !== around.uri) {
      resource = { uri: id, document: around.document, root: node as SpecValue, tokens, anchors: new Map() };
      this.#roots.set(node, resource);
      this.#claim(id, resource, node, "$id");
    }
    for (const key of ["$anchor", "$dynamicAnchor"]) {
      const name = node[key];
      if (typeof name !== "string") continue;
      if (!resource.anchors.has(name)) resource.anchors.set(name, tokens);
      // 8.2.2: what an anchor that stands twice means is undefined. Dynamic ones stand in many schemas, as is their purpose.
      else if (key === "$anchor") this.clashes.push({ uri: `#${name}`, node, key });
    }
    return resource;
  }

  #claim(uri: string, resource: Resource, node: object, key: string): void {
    const other = this.#byUri.get(uri);
    if (other !== undefined && other.root !== resource.root) this.clashes.push({ uri, node, key });
    else this.#byUri.set(uri, resource);
  }

  /** What a fragment names in a resource. `undefined` where nothing stands there. */
  find(resource: Resource, fragment: string): Target | undefined {
    const tokens = tokensOf(fragment);
    if (tokens === undefined) {
      const anchored = resource.anchors.get(fragment);
      return anchored === undefined ? undefined : this.#descend(resource, anchored);
    }
    const own = this.#descend(resource, [...resource.tokens, ...tokens]);
    // Many who write `$id` into a description still count pointers from the document's root.
    return own ?? this.#descend(resource, tokens);
  }

  #descend({ document, ...from }: Resource, tokens: readonly string[]): Target | undefined {
    let node: SpecValue | undefined = document.value;
    let resource = this.at(node, { document, ...from });
    for (const token of tokens) {
      if (typeof node !== "object" || node === null || !Object.hasOwn(node, token)) return undefined;
      node = (node as Readonly<Record<string, SpecValue>>)[token];
      resource = this.at(node, resource);
    }
    return node === undefined ? undefined : { node, tokens, resource };
  }
}

type Node = Readonly<Record<string, unknown>>;

/** A reference against a base (RFC 3986, 5.2), without its fragment; `undefined` where it is no URI. */
export function resolved(reference: string, base: string): string | undefined {
  if (!URL.canParse(reference, base)) return undefined;
  const url = new URL(reference, base);
  url.hash = "";
  return url.href;
}

function isObject(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
