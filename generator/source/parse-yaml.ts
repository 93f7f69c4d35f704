import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from "yaml";
import type { Diagnostic, DiagnosticCode } from "../code/diagnostic.js";
import type { SpecValue } from "../model/spec.js";
import { complaint } from "./complaint.js";
import type { SourceLimits } from "./limits.js";
import type { Positions, SourceFile } from "./positions.js";

/** YAML 1.2, 10.3: the tags of the core schema. `!` alone says that a scalar is a string. */
const coreTags = new Set([
  "!",
  ...["map", "seq", "str", "int", "float", "bool", "null"].map((name) => `tag:yaml.org,2002:${name}`),
]);

/** A conversion under way. */
interface Conversion {
  readonly file: SourceFile;
  readonly positions: Positions;
  readonly limits: SourceLimits;
  readonly faults: Diagnostic[];
  readonly document: Document;
  /** Nodes that aliases have stood for so far. */
  aliased: number;
  /** Anchors being converted: one inside itself is a cycle. */
  readonly open: Set<Node>;
}

/**
 * Reads YAML 1.2 (core schema) and remembers where each value stands. Aliases are copied, up to a limit, so that a small file cannot
 * stand for a large one; merge keys and tags of other languages are refused.
 */
export function parseYaml(
  file: SourceFile,
  positions: Positions,
  limits: SourceLimits,
): { readonly value: SpecValue | undefined; readonly faults: readonly Diagnostic[] } {
  const documents = parseAllDocuments(file.text, {
    version: "1.2",
    schema: "core",
    merge: false,
    uniqueKeys: true,
    stringKeys: false,
    logLevel: "silent",
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined) {
    const at = positions.span(file, 0, 0);
    return {
      value: undefined,
      faults: [complaint("SP004", "The file is empty", "Put an OpenAPI description into it.", at)],
    };
  }
  const faults: Diagnostic[] = document.errors.map((error) => {
    const at = positions.span(file, error.pos[0], error.pos[1]);
    const [message = ""] = error.message.split("\n");
    const said = message.replace(/ at line \d+, column \d+:?$/, "");
    return error.code === "DUPLICATE_KEY"
      ? complaint("SP007", "A key stands twice in this object", "Remove one of the two.", at)
      : complaint(
          "SP005",
          `This is not YAML: ${said}`,
          "Mend the YAML here: indentation and quotes are the usual suspects.",
          at,
        );
  });
  if (second !== undefined) {
    const at = positions.span(file, second.range[0], second.range[0]);
    faults.push(complaint("SP005", "The file holds more than one YAML document", "Keep one document a file.", at));
  }
  if (faults.length > 0) return { value: undefined, faults };
  const conversion: Conversion = { file, positions, limits, faults, document, aliased: 0, open: new Set() };
  const value = convert(conversion, document.contents, 0, false);
  return { value, faults };
}

function convert(run: Conversion, node: Node | null, depth: number, copied: boolean): SpecValue {
  if (node === null || run.faults.some(isFatal)) return null;
  if (depth > run.limits.depth) {
    return refuse(
      run,
      node,
      "SP006",
      `Values nest deeper than ${run.limits.depth}`,
      "Flatten the document: no description needs that.",
    );
  }
  if (copied) run.aliased += 1;
  if (run.aliased > run.limits.aliasNodes) {
    const message = `Aliases stand for more than ${run.limits.aliasNodes} values`;
    return refuse(run, node, "SP008", message, "Write the values out, or use $ref: this is how an alias bomb looks.");
  }
  if (isAlias(node)) return convertAlias(run, node, depth);
  if (node.tag !== undefined && !coreTags.has(node.tag)) {
    return refuse(
      run,
      node,
      "SP009",
      `The tag ${node.tag} is not one of JSON's`,
      "Remove the tag: a description is plain data.",
    );
  }
  if (isScalar(node)) return convertScalar(run, node);
  if (isSeq(node)) return convertList(run, node.items as readonly (Node | null)[], node, depth, copied);
  if (isMap(node)) return convertMap(run, node, depth, copied);
  return null;
}

function convertAlias(run: Conversion, node: Node, depth: number): SpecValue {
  const target = isAlias(node) ? node.resolve(run.document) : undefined;
  if (target === undefined)
    return refuse(run, node, "SP005", "The alias has no anchor", "Define the anchor before its use.");
  if (run.open.has(target))
    return refuse(run, node, "SP008", "The alias stands inside its own anchor", "Break the cycle with a $ref.");
  return convert(run, target, depth, true);
}

function convertScalar(run: Conversion, node: Node): SpecValue {
  const value: unknown = isScalar(node) ? node.value : null;
  if (value === null || ["string", "boolean"].includes(typeof value)) return value as SpecValue;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "bigint") return Number(value);
  return refuse(run, node, "SP009", "This is no value that JSON has", "Write a string, a number, a boolean or null.");
}

function convertList(
  run: Conversion,
  items: readonly (Node | null)[],
  node: Node,
  depth: number,
  copied: boolean,
): SpecValue {
  run.open.add(node);
  const entries = new Map<string, readonly [number, number, number, number]>();
  const list = items.map((item, index) => {
    const [from, to] = rangeOf(item ?? node);
    entries.set(String(index), [from, to, from, to]);
    return convert(run, item, depth + 1, copied);
  });
  run.open.delete(node);
  const [from, to] = rangeOf(node);
  run.positions.record(list, { file: run.file, from, to, entries });
  return list;
}

function convertMap(run: Conversion, node: Node, depth: number, copied: boolean): SpecValue {
  if (!isMap(node)) return null;
  run.open.add(node);
  const object: Record<string, SpecValue> = Object.create(null);
  const entries = new Map<string, readonly [number, number, number, number]>();
  for (const pair of node.items) {
    const keyNode = pair.key as Node;
    if (!isScalar(keyNode) || (typeof keyNode.value === "object" && keyNode.value !== null)) {
      refuse(run, keyNode, "SP009", "A key must be a string", "Quote the key.");
      continue;
    }
    const key = typeof keyNode.value === "string" ? keyNode.value : (keyNode.source ?? String(keyNode.value));
    if (key === "<<") {
      refuse(run, keyNode, "SP009", "Merge keys (<<) are not part of YAML 1.2", "Write the keys out, or use $ref.");
      continue;
    }
    const valueNode = pair.value as Node | null;
    const [keyFrom, keyTo] = rangeOf(keyNode);
    const [from, to] = valueNode === null ? [keyTo, keyTo] : rangeOf(valueNode);
    if (entries.has(key)) {
      refuse(run, keyNode, "SP007", `${JSON.stringify(key)} stands twice in this object`, "Remove one of the two.");
    }
    entries.set(key, [keyFrom, keyTo, from, to]);
    object[key] = convert(run, valueNode, depth + 1, copied);
  }
  run.open.delete(node);
  const [from, to] = rangeOf(node);
  run.positions.record(object, { file: run.file, from, to, entries });
  return object;
}

function rangeOf(node: Node): readonly [number, number] {
  const [from, to] = node.range ?? [0, 0];
  return [from, to];
}

function refuse(run: Conversion, node: Node, code: DiagnosticCode, message: string, fix: string): null {
  const [from, to] = rangeOf(node);
  run.faults.push(complaint(code, message, fix, run.positions.span(run.file, from, to)));
  return null;
}

/** After these the rest of the document is not worth reading. */
function isFatal(fault: Diagnostic): boolean {
  return fault.code === "SP006" || fault.code === "SP008";
}
