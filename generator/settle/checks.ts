import type { Diagnostic } from "../code/diagnostic.js";
import type { Draft } from "../model/draft.js";
import { onCycles } from "./cycles.js";
import type { ReferenceGraph } from "./reference-graph.js";
import { checkStreams } from "./stream-checks.js";

/** What can only be seen when the whole model is there. */
export function checkDraft(draft: Draft, graph: ReferenceGraph): readonly Diagnostic[] {
  return [
    ...checkReferences(draft, graph),
    ...checkEndless(draft, graph),
    ...checkSuccessors(draft),
    ...checkRoutes(draft),
    ...checkOperationIds(draft),
    ...checkCustomRules(draft),
    ...checkStreams(draft),
  ];
}

function checkReferences(draft: Draft, graph: ReferenceGraph): readonly Diagnostic[] {
  return draft.schemas.flatMap(({ key, at }) =>
    [...(graph.all.get(key) ?? [])]
      .filter((name) => !graph.all.has(name))
      .map(
        (name) =>
          ({
            code: "SP409",
            severity: "error",
            message: `${key} refers to the schema ${name}, which is not there.`,
            at,
          }) as const,
      ),
  );
}

/** `A: {allOf: [{$ref: A}]}` describes a value by itself: no check of it would end. */
function checkEndless(draft: Draft, graph: ReferenceGraph): readonly Diagnostic[] {
  const endless = onCycles(graph.sameValue);
  return draft.schemas
    .filter(({ key }) => endless.has(key))
    .map(({ key, at }) => ({
      code: "SP410",
      severity: "error",
      message: `The schema ${key} is defined by itself: the references lead back to it without entering a property or an item.`,
      fix: "Take the reference out of the circle, or put a property or an item between.",
      at,
    }));
}

function checkSuccessors(draft: Draft): readonly Diagnostic[] {
  const known = new Set(draft.operations.map((one) => one.operationId));
  return draft.operations.flatMap(({ lifecycle, at }) => {
    if (lifecycle?.successor === undefined || known.has(lifecycle.successor)) return [];
    const message = `There is no operation ${lifecycle.successor} to be the successor.`;
    return [{ code: "SP590", severity: "error", message, fix: "Name an operationId of this spec.", at } as const];
  });
}

/** Two operations that no request can tell apart: one of their policies would never be asked. */
function checkRoutes(draft: Draft): readonly Diagnostic[] {
  const first = new Map<string, string>();
  return draft.operations.flatMap(({ method, path, at }) => {
    const route = `${method} ${path.replace(/\{[^}]*\}/g, "{}")}`;
    const other = first.get(route);
    first.set(route, other ?? path);
    if (other === undefined) return [];
    const message = `${method} ${path} and ${method} ${other} answer the same requests.`;
    return [{ code: "SP591", severity: "error", message, fix: "Make one of the two paths different.", at } as const];
  });
}

/** OpenAPI 4.8.10.1: an operationId is unique. */
function checkOperationIds(draft: Draft): readonly Diagnostic[] {
  const seen = new Set<string>();
  return draft.operations.flatMap(({ operationId, at }) => {
    const again = operationId !== undefined && seen.has(operationId);
    if (operationId !== undefined) seen.add(operationId);
    const message = `The operationId ${operationId} is used twice.`;
    return again ? [{ code: "SP592", severity: "error", message, fix: "Rename one of the two.", at } as const] : [];
  });
}

/** An object rule of the user's own is one function, which is given one type of object. */
function checkCustomRules(draft: Draft): readonly Diagnostic[] {
  const judged = new Map<string, string>();
  return draft.operations.flatMap(({ object, at }) => {
    if (object?.whose.kind !== "custom") return [];
    const { rule } = object.whose;
    const other = judged.get(rule) ?? object.type;
    judged.set(rule, other);
    if (other === object.type) return [];
    const message = `The rule custom:${rule} judges ${other}, and ${object.type} here.`;
    return [{ code: "SP593", severity: "error", message, fix: "Give one of the two another name.", at } as const];
  });
}
