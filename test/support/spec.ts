import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { SourceSpan } from "../../generator/code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../../generator/model/spec.js";

type Entries = ReadonlyMap<string, { readonly key: SourceSpan; readonly value: SourceSpan }>;

/** A spec out of one text, for tests of single stages: parsed and positioned, neither bundled nor checked. */
export function specOf(text: string, file = "spec.yaml"): Spec {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors[0] !== undefined) throw document.errors[0];
  const spans = new WeakMap<object, { readonly self: SourceSpan; readonly entries: Entries }>();

  const spanOf = (node: Node | null | undefined): SourceSpan => {
    const [from, to] = node?.range ?? [0, 0];
    const [start, end] = [lines.linePos(from), lines.linePos(to)];
    return { file, line: start.line, column: start.col, endLine: end.line, endColumn: end.col };
  };
  const convert = (node: Node | null | undefined): SpecValue => {
    if (isAlias(node)) return convert(node.resolve(document));
    if (isScalar(node)) return node.value as SpecValue;
    const entries = new Map<string, { readonly key: SourceSpan; readonly value: SourceSpan }>();
    if (isSeq(node)) {
      const list = node.items.map((item, index) => {
        const span = spanOf(item as Node);
        entries.set(String(index), { key: span, value: span });
        return convert(item as Node);
      });
      spans.set(list, { self: spanOf(node), entries });
      return list;
    }
    if (!isMap(node)) return null;
    const object: Record<string, SpecValue> = Object.create(null);
    for (const pair of node.items) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
      object[key] = convert(pair.value as Node);
      entries.set(key, { key: spanOf(pair.key as Node), value: spanOf(pair.value as Node) });
    }
    spans.set(object, { self: spanOf(node), entries });
    return object;
  };

  const root = convert(document.contents) as SpecObject;
  const follow = (pointer: string): SpecValue | undefined =>
    pointer
      .slice(2)
      .split("/")
      .map((token) => decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<SpecValue | undefined>((at, token) => (at as SpecObject | undefined)?.[token], root);
  const resolve: Spec["resolve"] = (node) => {
    let pointer: string | undefined;
    let at = node;
    const passed: SpecObject[] = [];
    for (let reference = referenceOf(at); reference !== undefined; reference = referenceOf(at)) {
      passed.push(at as SpecObject);
      pointer = reference;
      at = follow(reference);
    }
    return { node: at, pointer, passed };
  };
  const version = String(root.openapi);
  return {
    root,
    dialect: version.startsWith("3.0") ? "3.0" : version.startsWith("3.2") ? "3.2" : "3.1",
    file,
    digest: "0".repeat(64),
    files: [file],
    resolve,
    at: (node, key, part = "value") => {
      const known = spans.get(node);
      if (known === undefined) throw new Error("This node is not of the spec");
      return key === undefined ? known.self : (known.entries.get(String(key))?.[part] ?? known.self);
    },
    text: (name) => (name === file ? text : undefined),
  };
}

function referenceOf(node: SpecValue | undefined): string | undefined {
  const reference = typeof node === "object" && node !== null && "$ref" in node ? node.$ref : undefined;
  return typeof reference === "string" ? reference : undefined;
}
