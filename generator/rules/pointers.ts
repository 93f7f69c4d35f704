import type { Diagnostic, SourceSpan } from "../code/diagnostic.js";
import { didYouMean } from "../code/suggest.js";
import type { Spec, SpecValue } from "../model/spec.js";
import { bodyKnows } from "./body-fields.js";
import { error } from "./complaint.js";
import { type Layer, layersOf } from "./layers.js";
import { follow, type OperationPlace, operationsOf, parametersOf } from "./operations.js";
import { isObject } from "./places.js";

/** Annotations that point at a parameter or a field of the body that is not there: what they ask for could not be done. */
export function pointerFaults(spec: Spec): readonly Diagnostic[] {
  const seen = new Set<string>();
  return operationsOf(spec)
    .flatMap((operation) =>
      layersOf(spec, operation).flatMap((layer) => [
        ...parameterFaults(spec, operation, layer),
        ...fieldFaults(spec, operation, layer),
      ]),
    )
    .filter(({ message, at }) => {
      // What a path item says wrongly, it says to all its operations.
      const id = `${message} ${at?.file} ${at?.line} ${at?.column}`;
      return !seen.has(id) && seen.add(id) !== undefined;
    });
}

function parameterFaults(spec: Spec, operation: OperationPlace, { said, holds }: Layer): readonly Diagnostic[] {
  const places: readonly (readonly [string, string])[] = [
    ["object", "id"],
    ["audit", "subject"],
  ];
  return places.flatMap(([key, inner]) => {
    const rule = said[key];
    const text = isObject(rule) ? rule[inner] : undefined;
    if (!isObject(rule) || typeof text !== "string" || !holds(key)) return [];
    return missing(spec, operation, text, spec.at(rule, inner));
  });
}

/** A parameter that the operation does not have. */
export function missing(spec: Spec, operation: OperationPlace, said: string, at: SourceSpan): readonly Diagnostic[] {
  const [, place, name] = /^(path|query|header):(.+)$/s.exec(said) ?? [];
  // Other words than these the vocabulary has refused.
  if (place === undefined || name === undefined) return [];
  const names = parametersOf(spec, operation)
    .filter(({ node }) => node.in === place)
    .map(({ node }) => String(node.name));
  // RFC 9110, 5.1: names of headers have no case.
  const spelt = (one: string) => (place === "header" ? one.toLowerCase() : one);
  if (names.some((one) => spelt(one) === spelt(name))) return [];
  const near = didYouMean(name, names);
  const known = names.length === 0 ? "It has none" : `It has: ${names.join(", ")}`;
  const fix = near === undefined ? "Describe the parameter, or name one that is." : `Did you mean "${place}:${near}"?`;
  const message = `${operation.method} ${operation.path} has no ${place} parameter ${JSON.stringify(name)}. ${known}.`;
  return [error("SP311", message, fix, at)];
}

function fieldFaults(spec: Spec, operation: OperationPlace, layer: Layer): readonly Diagnostic[] {
  const { audit, object } = layer.said;
  const fields = isObject(audit) && Array.isArray(audit.fields) && layer.holds("audit") ? audit.fields : [];
  const audited = fields.flatMap((field: SpecValue, index) =>
    typeof field === "string" ? fieldFault(spec, operation, field, spec.at(fields, index)) : [],
  );
  if (!isObject(object) || typeof object.id !== "string" || !layer.holds("object")) return audited;
  const [, pointer] = /^body:(\/.*)$/s.exec(object.id) ?? [];
  return pointer === undefined ? audited : [...audited, ...fieldFault(spec, operation, pointer, spec.at(object, "id"))];
}

/** A field of the body that is not there. In an object's id `*` is every item of a list. */
export function fieldFault(
  spec: Spec,
  { node, method, path }: OperationPlace,
  field: string,
  at: SourceSpan,
): readonly Diagnostic[] {
  if (!field.startsWith("/")) return [];
  const content = follow(spec, node.requestBody)?.content;
  const schemas = isObject(content) ? Object.keys(content).map((type) => schemaIn(spec, content[type])) : [];
  const first = field.replaceAll(/\/\*(?=\/|$)/g, "/0");
  const answers = schemas.map((schema) => bodyKnows(spec, schema, first));
  if (answers.some((answer) => answer.known)) return [];
  const wanted = answers.flatMap(({ names }) => names);
  const near = didYouMean(field.split("/").at(-1) ?? "", wanted);
  const fix =
    schemas.length === 0
      ? "Describe a body, or leave fields out."
      : near === undefined
        ? "Write a JSON pointer to a property of the body, like /amount."
        : `Did you mean "${field.slice(0, field.lastIndexOf("/"))}/${near}"?`;
  return [error("SP312", `The body of ${method} ${path} has no ${field}`, fix, at)];
}

function schemaIn(spec: Spec, media: SpecValue | undefined): SpecValue | undefined {
  return follow(spec, media)?.schema;
}
