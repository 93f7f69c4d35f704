import { METHODS } from "node:http";
import type { Diagnostic } from "../code/diagnostic.js";
import { didYouMean } from "../code/suggest.js";
import type { Spec } from "../model/spec.js";
import { fixedMethods } from "../source/grammar.js";
import { error, warning } from "./complaint.js";
import { idOf, listed, type OperationPlace, operationsOf, parametersOf } from "./operations.js";
import { isObject } from "./places.js";

/** What OpenAPI forbids and no schema of it can say. */
export function openapiFaults(spec: Spec): readonly Diagnostic[] {
  const operations = operationsOf(spec);
  const paths = isObject(spec.root.paths) ? Object.keys(spec.root.paths).filter((path) => path.startsWith("/")) : [];
  return [
    ...sameIds(spec, operations),
    ...operations.flatMap((operation) => [...templateFaults(spec, operation), ...methodFaults(spec, operation)]),
    ...parameterFaults(spec, operations),
    ...pathFaults(spec, paths, operations),
  ];
}

function sameIds(spec: Spec, operations: readonly OperationPlace[]): readonly Diagnostic[] {
  const first = new Map<string, OperationPlace>();
  return operations.flatMap((operation) => {
    const id = operation.node.operationId;
    if (typeof id !== "string") return [];
    const other = first.get(id);
    if (other === undefined) {
      first.set(id, operation);
      return [];
    }
    const message = `operationId ${JSON.stringify(id)} is ${other.method} ${other.path}'s already`;
    return [error("SP150", message, "Give one of the two another id.", spec.at(operation.node, "operationId"))];
  });
}

const variables = (path: string) => [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);

function templateFaults(spec: Spec, operation: OperationPlace): readonly Diagnostic[] {
  const { path, holder, key } = operation;
  const wanted = variables(path);
  const described = parametersOf(spec, operation).filter(({ node }) => node.in === "path");
  const names = described.map(({ node }) => String(node.name));
  return [
    ...wanted
      .filter((name) => !names.includes(name))
      .map((name) => {
        const near = didYouMean(name, names);
        const fix =
          near === undefined ? `Add a parameter {name: ${name}, in: path, required: true}.` : `Did you mean "${near}"?`;
        return error(
          "SP151",
          `${path} has {${name}}, and no path parameter of that name`,
          fix,
          spec.at(holder, key, "key"),
        );
      }),
    ...described
      .filter(({ node }) => !wanted.includes(String(node.name)))
      .map(({ node, list, index }) => {
        const near = didYouMean(String(node.name), wanted);
        const fix = near === undefined ? "Put it into the path in braces, or remove it." : `Did you mean "${near}"?`;
        return error("SP151", `${path} has no {${String(node.name)}}`, fix, spec.at(list, index));
      }),
    ...described
      .filter(({ node }) => node.required !== true)
      .map(({ list, index }) =>
        error("SP158", "A path parameter is always there", "Add required: true.", spec.at(list, index)),
      ),
  ];
}

function methodFaults(
  spec: Spec,
  { method, holder, key, node, path, pathItem }: OperationPlace,
): readonly Diagnostic[] {
  // RFC 9110, 9.3.8: TRACE sends a request's headers, credentials and all, back to whoever asks.
  // 9.3.6: CONNECT asks for a tunnel, which an API is not.
  if (method === "TRACE" || method === "CONNECT")
    return [error("SP155", `${method} ${path} cannot be served`, "Remove the operation.", spec.at(holder, key, "key"))];
  if (holder !== pathItem) {
    const fault = otherMethodFault(method, path);
    if (fault !== undefined) return [error("SP160", ...fault, spec.at(holder, key, "key"))];
    if (!METHODS.includes(method)) {
      const fix = "Serve it with the fetch adapter where the platform takes it, or choose a registered method.";
      return [warning("SP165", `node:http does not know the method ${method}`, fix, spec.at(holder, key, "key"))];
    }
  }
  if (!["GET", "HEAD", "DELETE"].includes(method) || node.requestBody === undefined) return [];
  const fix = "Move it into the query, or use POST: many proxies drop such bodies.";
  return [
    warning(
      "SP156",
      `A ${method} request with a body has no defined meaning`,
      fix,
      spec.at(node, "requestBody", "key"),
    ),
  ];
}

/** OpenAPI 3.2, 4.9.1: `additionalOperations` says no method that has a field of its own: two would answer one request. */
function otherMethodFault(method: string, path: string): readonly [message: string, fix: string] | undefined {
  if ((fixedMethods as readonly string[]).includes(method.toLowerCase())) {
    const fix = `Write it as ${method.toLowerCase()}, beside additionalOperations.`;
    return [`additionalOperations of ${path} holds ${method}, which has a field of its own`, fix];
  }
  // RFC 9110, 5.6.2: a method is a token.
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) return undefined;
  return [`${JSON.stringify(method)} is no method of HTTP`, "Write a name of letters, digits and hyphens."];
}

function parameterFaults(spec: Spec, operations: readonly OperationPlace[]): readonly Diagnostic[] {
  const lists = new Set(operations.flatMap(({ node, pathItem }) => [node.parameters, pathItem.parameters]));
  return [...lists].flatMap((list) => {
    const seen = new Set<string>();
    return listed(spec, list).flatMap(({ node, list: holder, index }) => {
      const id = idOf(node);
      const twice = seen.has(id);
      seen.add(id);
      const at = spec.at(holder, index);
      return [
        ...(twice ? [error("SP154", `The parameter ${id} stands twice`, "Remove one of the two.", at)] : []),
        ...(node.schema === undefined && node.content === undefined
          ? [
              error(
                "SP157",
                `The parameter ${id} has neither schema nor content`,
                "Add schema: {type: string}, or what it is.",
                at,
              ),
            ]
          : []),
      ];
    });
  });
}

/**
 * OpenAPI 4.8.8.1: two templates that differ in their variables' names only are one path, said twice; and which of two that merely
 * overlap is meant is left to tools. Ours takes the one that is more concrete further left, and says so once.
 */
function pathFaults(
  spec: Spec,
  paths: readonly string[],
  operations: readonly OperationPlace[],
): readonly Diagnostic[] {
  const { paths: holder } = spec.root;
  if (!isObject(holder)) return [];
  const at = (path: string) => spec.at(holder, path, "key");
  const methodsOf = (path: string) => operations.filter((one) => one.path === path).map((one) => one.method);
  const twice = paths
    .filter((path) => new Set(variables(path)).size < variables(path).length)
    .map((path) => error("SP152", `${path} names a variable twice`, "Give each its own name.", at(path)));
  const pairs = pairsOf(paths);
  const same = pairs
    .filter(([a, b]) => a.shape === b.shape && methodsOf(a.path).some((method) => methodsOf(b.path).includes(method)))
    .map(([a, b]) =>
      error(
        "SP153",
        `${b.path} is the same path as ${a.path}`,
        "Merge the two: names of variables do not tell paths apart.",
        at(b.path),
      ),
    );
  const overlapping = pairs.filter(([a, b]) => a.shape !== b.shape);
  const [first] = overlapping;
  if (first === undefined) return [...twice, ...same];
  const more = overlapping.length === 1 ? "" : `, and ${overlapping.length - 1} more pairs do so`;
  const message = `${first[0].path} and ${first[1].path} fit the same requests${more}`;
  const fix = "The one that is more concrete further left is taken. Make that plain, or live with it.";
  return [...twice, ...same, warning("SP159", message, fix, at(first[1].path))];
}

interface Template {
  readonly path: string;
  readonly shape: string;
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly shape: string;
  readonly open: boolean;
}

type Pair = readonly [Template, Template];

/** Paths of one shape, and those that are ambiguous, two by two. A large API has a million pairs: each is looked at, few are kept. */
function pairsOf(paths: readonly string[]): readonly Pair[] {
  const byLength = new Map<number, Template[]>();
  const pairs: Pair[] = [];
  for (const path of paths) {
    const segments = path.split("/").map((one) => ({ shape: shapeOf(one), open: one.includes("{") }));
    const template: Template = { path, shape: shapeOf(path), segments };
    const others = byLength.get(segments.length) ?? [];
    for (const other of others) {
      if (other.shape === template.shape || ambiguous(other.segments, segments)) pairs.push([other, template]);
    }
    others.push(template);
    byLength.set(segments.length, others);
  }
  return pairs;
}

/** Whether both fit some path, and neither is at least as concrete in every segment. */
function ambiguous(a: readonly Segment[], b: readonly Segment[]): boolean {
  let [aMore, bMore] = [false, false];
  for (const [index, mine] of a.entries()) {
    const theirs = b[index];
    if (theirs === undefined) return false;
    // Segments that are partly templated may still exclude each other; whether they do is the router's to say.
    if (mine.open === theirs.open && mine.shape !== theirs.shape) return false;
    if (!mine.open && theirs.open) aMore = true;
    if (mine.open && !theirs.open) bMore = true;
  }
  return aMore && bMore;
}

const shapeOf = (text: string) => text.replace(/\{[^{}]*\}/g, "{}");
