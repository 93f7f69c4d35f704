import type { SourceSpan } from "../code/diagnostic.js";

/** A node of a parsed spec: objects have a null prototype, so that a key named `__proto__` is a key. */
export type SpecValue = null | boolean | number | string | readonly SpecValue[] | SpecObject;
export interface SpecObject {
  readonly [key: string]: SpecValue | undefined;
}

/** A loaded, bundled spec with overlays applied: one document, every `$ref` of it inside it (`#/…`), and where each node came from. */
export interface Spec {
  readonly root: SpecObject;
  /** `3.0`, `3.1` or `3.2`: the patch version must not matter. */
  readonly dialect: "3.0" | "3.1" | "3.2";
  /** The entry file as the user would name it. */
  readonly file: string;
  /** SHA-256 over all inputs (spec files, overlays) in a stable order, hex. */
  readonly digest: string;
  /** Every input file, absolute: what `--watch` watches. */
  readonly files: readonly string[];
  /**
   * Follows `$ref`s until a node without one. `pointer` is the last reference, and `passed` every object with one on the way: what stands
   * beside the `$ref` of a schema holds too. Throws only on what the rules refuse first.
   */
  readonly resolve: (node: SpecValue | undefined) => {
    readonly node: SpecValue | undefined;
    readonly pointer: string | undefined;
    readonly passed: readonly SpecObject[];
  };
  /** Where a node stands in its own source file; with `key`, that entry of it. */
  readonly at: (node: object, key?: string | number, part?: "key" | "value") => SourceSpan;
  /** The text of a source file, for frames. */
  readonly text: (file: string) => string | undefined;
}
