import { matchSegment, parseTemplate, type TemplateSegment } from "./template.js";

/** What a path leads to. */
export interface Place<T> {
  readonly methods: ReadonlyMap<string, Destination<T>>;
  /** What stood in the places of the path, in order, not decoded. */
  readonly captured: readonly string[];
}

/** One method of a path. */
export interface Destination<T> {
  readonly data: T;
  /** The names of the places, in order, as this operation's own template has them. */
  readonly names: readonly string[];
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  /** Segments with a place in them, the ones that say most first. */
  readonly patterns: { readonly segment: TemplateSegment; readonly node: Node<T> }[];
  readonly methods: Map<string, Destination<T>>;
}

/**
 * Finds operations by path. It compares raw octets, segment by segment: no decoding, no case folding, no collapsing of slashes, no
 * tolerance for one at the end (R8). A literal segment wins over a place (OpenAPI 4.8.8.1), and the first path that fits is the
 * path: its methods are the ones there are.
 */
export class Router<T> {
  readonly #root: Node<T> = emptyNode();
  readonly #all: T[] = [];

  /** @returns false where the same method stands already at a path of the same shape. */
  add(method: string, path: string, data: T): boolean {
    let node = this.#root;
    const segments = parseTemplate(path);
    for (const segment of segments) node = childOf(node, segment);
    if (node.methods.has(method)) return false;
    this.#all.push(data);
    node.methods.set(method, { data, names: segments.flatMap((segment) => segment.names) });
    return true;
  }

  /** Everything that was added, in that order. */
  all(): readonly T[] {
    return this.#all;
  }

  /** @param path raw, as it stands in the request target. */
  find(path: string): Place<T> | undefined {
    const segments = path.split("/");
    // RFC 3986, 5.2.4: a dot segment names another resource than it seems to. Ours have none.
    if (segments.some(isDotSegment)) return undefined;
    const captured: string[] = [];
    // What is before the first slash is no segment.
    const node = descend(this.#root, segments, 1, captured);
    if (node === undefined) return undefined;
    return { methods: node.methods, captured };
  }
}

function emptyNode<T>(): Node<T> {
  return { literals: new Map(), patterns: [], methods: new Map() };
}

function isDotSegment(segment: string): boolean {
  return segment.length <= 6 && /^(?:\.|%2e){1,2}$/i.test(segment);
}

function childOf<T>(node: Node<T>, segment: TemplateSegment): Node<T> {
  if (segment.names.length === 0) {
    const literal = segment.pieces[0] ?? "";
    const child = node.literals.get(literal) ?? emptyNode<T>();
    node.literals.set(literal, child);
    return child;
  }
  const shape = segment.pieces.join("{}");
  const known = node.patterns.find((pattern) => pattern.segment.pieces.join("{}") === shape);
  if (known !== undefined) return known.node;
  const child = emptyNode<T>();
  node.patterns.push({ segment, node: child });
  node.patterns.sort((a, b) => literalLength(b.segment) - literalLength(a.segment));
  return child;
}

function literalLength(segment: TemplateSegment): number {
  return segment.pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Depth first. Every step goes one level down a tree that the spec has drawn, so the spec bounds the work, not the caller. */
function descend<T>(node: Node<T>, segments: readonly string[], at: number, captured: string[]): Node<T> | undefined {
  const raw = segments[at];
  if (raw === undefined) return node.methods.size > 0 ? node : undefined;
  const literal = node.literals.get(raw);
  const found = literal === undefined ? undefined : descend(literal, segments, at + 1, captured);
  if (found !== undefined) return found;
  for (const pattern of node.patterns) {
    const texts = matchSegment(pattern.segment, raw);
    if (texts === undefined) continue;
    const mark = captured.length;
    captured.push(...texts);
    const below = descend(pattern.node, segments, at + 1, captured);
    if (below !== undefined) return below;
    captured.length = mark;
  }
  return undefined;
}
