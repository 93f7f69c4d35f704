import type { DraftOperation, DraftSchema } from "../model/draft.js";
import type { Schema } from "../model/schema.js";
import { eachPart } from "./schema-walk.js";

/** Which component schemas each one names, by key. */
export interface ReferenceGraph {
  readonly all: ReadonlyMap<string, ReadonlySet<string>>;
  /** Only references that speak of the same value as the component itself. */
  readonly sameValue: ReadonlyMap<string, ReadonlySet<string>>;
}

export function graphOf(schemas: readonly DraftSchema[]): ReferenceGraph {
  const all = new Map<string, ReadonlySet<string>>();
  const sameValue = new Map<string, ReadonlySet<string>>();
  for (const { key, schema } of schemas) {
    const here = { all: new Set<string>(), same: new Set<string>() };
    eachPart(schema, (part, step) => {
      if (part.kind !== "ref") return;
      here.all.add(part.name);
      if (step === "same") here.same.add(part.name);
    });
    all.set(key, here.all);
    sameValue.set(key, here.same);
  }
  return { all, sameValue };
}

/** The component schemas that requests, or responses, can hold. */
export function reachedFrom(schemas: Iterable<Schema>, graph: ReferenceGraph): ReadonlySet<string> {
  const reached = new Set<string>();
  const open: string[] = [];
  for (const schema of schemas) eachPart(schema, (part) => void (part.kind === "ref" && open.push(part.name)));
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (reached.has(key)) continue;
    reached.add(key);
    open.push(...(graph.all.get(key) ?? []));
  }
  return reached;
}

export function requestSchemas({ request }: DraftOperation): readonly Schema[] {
  const { path, query, header, cookie, body } = request;
  return [
    ...[...path, ...query, ...header, ...cookie].map((field) => field.schema),
    ...(body?.media ?? []).map((media) => media.schema),
  ];
}

export function responseSchemas({ responses }: DraftOperation): readonly Schema[] {
  return responses.flatMap((one) => [...one.media, ...one.headers].map((said) => said.schema));
}
