import type { SourceSpan } from "../code/diagnostic.js";

/** A source file and where its lines begin. */
export interface SourceFile {
  /** As the user would name it. */
  readonly name: string;
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  readonly text: string;
}

/** Offsets of an entry: its key and its value, each from and to. Items of a list have no key: the value's offsets stand twice. */
type Range = readonly [keyFrom: number, keyTo: number, from: number, to: number];

interface Origin {
  readonly file: SourceFile;
  readonly from: number;
  readonly to: number;
  readonly entries: ReadonlyMap<string, Range>;
}

/**
 * Where each object and list of the parsed documents was written. It goes by identity, so that a node keeps its place when it is
 * bundled into another document.
 */
export class Positions {
  readonly #origins = new WeakMap<object, Origin>();
  readonly #adopted = new WeakMap<object, Map<string, object>>();
  readonly #lines = new WeakMap<SourceFile, readonly number[]>();

  /** Remembers a node. */
  record(node: object, origin: Origin): void {
    this.#origins.set(node, origin);
  }

  /** Lets a copy stand where its original was written. */
  inherit(copy: object, original: object): void {
    const origin = this.#origins.get(original);
    if (origin !== undefined) this.#origins.set(copy, origin);
  }

  /** Lets one entry of a node stand where another node says it: what an overlay adds was written in the overlay. */
  adopt(node: object, key: string, from: object): void {
    const adopted = this.#adopted.get(node) ?? new Map<string, object>();
    this.#adopted.set(node, adopted.set(key, from));
  }

  /** The file that a node was written in. */
  fileOf(node: object): SourceFile | undefined {
    return this.#origins.get(node)?.file;
  }

  /** The place of a node; with `key`, of that entry. A key that is not written points at the node. */
  at(node: object, key?: string | number, part: "key" | "value" = "value"): SourceSpan | undefined {
    const elsewhere = key === undefined ? undefined : this.#adopted.get(node)?.get(String(key));
    if (elsewhere !== undefined) return this.at(elsewhere, key, part);
    const origin = this.#origins.get(node);
    if (origin === undefined) return undefined;
    const range = key === undefined ? undefined : origin.entries.get(String(key));
    if (range === undefined) return this.span(origin.file, origin.from, origin.to);
    return part === "key" ? this.span(origin.file, range[0], range[1]) : this.span(origin.file, range[2], range[3]);
  }

  /** The span between two offsets of a file. */
  span(file: SourceFile, from: number, to: number): SourceSpan {
    const start = this.#locate(file, from);
    const end = this.#locate(file, to);
    return { file: file.name, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  }

  #locate(file: SourceFile, offset: number): { readonly line: number; readonly column: number } {
    const starts = this.#startsOf(file);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  #startsOf(file: SourceFile): readonly number[] {
    const known = this.#lines.get(file);
    if (known !== undefined) return known;
    const starts = [0];
    for (const match of file.text.matchAll(/\r\n|[\n\r]/g)) starts.push(match.index + match[0].length);
    this.#lines.set(file, starts);
    return starts;
  }
}
