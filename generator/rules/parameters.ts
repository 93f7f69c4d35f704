import type { Diagnostic } from "../code/diagnostic.js";
import type { Spec, SpecObject, SpecValue } from "../model/spec.js";
import { error, warning } from "./complaint.js";
import { follow, idOf, type OperationPlace, operationsOf, type ParameterPlace, parametersOf } from "./operations.js";
import type { RuleOptions } from "./options.js";
import { isObject } from "./places.js";

/** How parameters are written: what OpenAPI forbids, what no server could read back, and what it leaves open. */
export function parameterFaults(spec: Spec, { only }: RuleOptions): readonly Diagnostic[] {
  const serves = only === undefined || only.includes("server") || only.includes("trpc");
  const seen = new Set<SpecObject>();
  return operationsOf(spec).flatMap((operation) => {
    const all = parametersOf(spec, operation);
    const fresh = all.filter(({ node }) => !seen.has(node));
    for (const { node } of fresh) seen.add(node);
    return [
      ...fresh.flatMap((one) => openFaults(spec, one)),
      ...wholeFaults(spec, operation, all),
      ...(serves ? collisions(spec, operation, all) : []),
    ];
  });
}

type Shape = "scalar" | "list" | "object";

/** What a schema says at first sight; `undefined` where it does not. */
function shapeOf(schema: SpecObject | undefined): Shape | undefined {
  if (schema === undefined) return undefined;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (types.includes("array")) return "list";
  if (types.includes("object") || isObject(schema.properties)) return "object";
  return types.some((type) => typeof type === "string" && type !== "null") ? "scalar" : undefined;
}

function styleOf({ in: place, style }: SpecObject): SpecValue {
  return style ?? (place === "path" || place === "header" ? "simple" : "form");
}

function explodes(node: SpecObject): boolean {
  const style = styleOf(node);
  return typeof node.explode === "boolean" ? node.explode : style === "form" || style === "cookie";
}

/** OpenAPI 3.2, 4.12.2.3: "n/a" in the table of styles, and values of which it does not say how they are written. */
function openFaults(spec: Spec, { node, list, index }: ParameterPlace): readonly Diagnostic[] {
  if (node.schema === undefined) return [];
  const schema = follow(spec, node.schema);
  const shape = shapeOf(schema);
  const open = openOf(node, shape) ?? (isNested(spec, node, schema) ? nested : undefined);
  if (open === undefined) return [];
  return [warning("SP170", `${idOf(node)}: ${open.what}`, open.instead, spec.at(list, index))];
}

interface Open {
  readonly what: string;
  readonly instead: string;
}

const nested: Open = {
  what: "OpenAPI does not say how a list or an object within a parameter is written. It is written as JSON",
  instead: "Use content: {application/json: ...} to say so, or a flat schema.",
};

function openOf(node: SpecObject, shape: Shape | undefined): Open | undefined {
  const style = styleOf(node);
  if (style === "spaceDelimited" || style === "pipeDelimited") {
    if (shape === "scalar")
      return {
        what: `${style} says nothing of one value. It is written as in the style form`,
        instead: "Leave style out.",
      };
    if (node.explode === true)
      return {
        what: `${style} does not explode. It is written as form does`,
        instead: "Use style: form, or explode: false.",
      };
  }
  if (style === "deepObject" && (shape === "scalar" || shape === "list"))
    return {
      what: `deepObject is for objects. ${shape === "list" ? "Items are numbered from 0" : "It is written as in the style form"}`,
      instead: "Use style: form.",
    };
  if (node.in === "cookie" && style === "form" && explodes(node) && (shape === "list" || shape === "object"))
    return {
      what: "form has no delimiter for cookies. Pairs are written, as in the style cookie",
      instead: "Use style: cookie.",
    };
  return undefined;
}

function isNested(spec: Spec, node: SpecObject, schema: SpecObject | undefined): boolean {
  const below = [schema?.items, ...Object.values(isObject(schema?.properties) ? schema.properties : {})];
  const shapes = below.map((one) => shapeOf(follow(spec, one)));
  return styleOf(node) !== "deepObject" && shapes.some((shape) => shape === "list" || shape === "object");
}

/** OpenAPI 3.2, 4.12.1: one parameter that is the whole query, with content, and none beside it. */
function wholeFaults(
  spec: Spec,
  { method, path }: OperationPlace,
  all: readonly ParameterPlace[],
): readonly Diagnostic[] {
  const whole = all.filter(({ node }) => node.in === "querystring");
  const beside = all.some(({ node }) => node.in === "query");
  return whole.flatMap(({ node, list, index }, at) => {
    const said = isObject(node.content) ? Object.keys(node.content).length : 0;
    const message =
      said !== 1
        ? `${idOf(node)} needs content of one media type`
        : at > 0 || beside
          ? `${method} ${path} has other parameters in its query beside ${idOf(node)}, which is the whole of it`
          : undefined;
    const fix = "Describe the query by one parameter in: querystring with content, or by parameters in: query.";
    return message === undefined ? [] : [error("SP171", message, fix, spec.at(list, index))];
  });
}

/** A name in the query or the cookies that two parameters would take: neither could be read for certain. */
function collisions(
  spec: Spec,
  { method, path }: OperationPlace,
  all: readonly ParameterPlace[],
): readonly Diagnostic[] {
  return ["query", "cookie"].flatMap((place) => {
    const here = all.filter(({ node }) => node.in === place);
    const taken = new Map<string, string>();
    for (const { node } of here) if (!isSpread(spec, node)) taken.set(String(node.name), String(node.name));
    return here.flatMap(({ node, list, index }) => {
      if (!isSpread(spec, node)) return [];
      const names = spreadNames(spec, node);
      const clash =
        names.find((name) => taken.has(name)) ?? (place === "cookie" && names.includes("*") ? "*" : undefined);
      for (const name of names) taken.set(name, String(node.name));
      if (clash === undefined) return [];
      const message =
        clash === "*"
          ? `${method} ${path}: ${idOf(node)} takes every name in the ${place}, and is not the only one`
          : `${method} ${path}: ${idOf(node)} takes the name ${JSON.stringify(clash)}, which is another parameter's`;
      const fix = "Use explode: false, style: deepObject, or other names.";
      // A query is read all the same: whoever would take another's name is refused (runtime/src/http/rivals.ts).
      return [(place === "query" ? warning : error)("SP172", message, fix, spec.at(list, index))];
    });
  });
}

function isSpread(spec: Spec, node: SpecObject): boolean {
  const style = styleOf(node);
  return style !== "deepObject" && explodes(node) && shapeOf(follow(spec, node.schema)) === "object";
}

/** `*` where names are open. */
function spreadNames(spec: Spec, node: SpecObject): readonly string[] {
  const schema = follow(spec, node.schema);
  const names = isObject(schema?.properties) ? Object.keys(schema.properties) : [];
  const more = schema?.additionalProperties ?? names.length === 0;
  return more === false ? names : [...names, "*"];
}
