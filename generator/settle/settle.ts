import { DiagnosticError } from "../code/diagnostic.js";
import type { Api, Operation } from "../model/api.js";
import type { Draft, DraftOperation, DraftSchema } from "../model/draft.js";
import type { NamedSchema, Schema } from "../model/schema.js";
import { checkDraft } from "./checks.js";
import { onCycles } from "./cycles.js";
import { freezeDeep } from "./freeze.js";
import { nameGroups } from "./groups.js";
import { keysOf, settleFields } from "./input-keys.js";
import { nameOperations, originalOf } from "./operation-names.js";
import { graphOf, type ReferenceGraph, reachedFrom, requestSchemas, responseSchemas } from "./reference-graph.js";
import { nameSchemas } from "./schema-names.js";
import { renameReferences } from "./schema-walk.js";

/** Decides what only the whole can decide: names, order, recursion, direction. The result is frozen and does not depend on the order of the spec. */
export function settle(draft: Draft): Api {
  const graph = graphOf(draft.schemas);
  const complaints = checkDraft(draft, graph);
  if (complaints.length > 0) throw new DiagnosticError(complaints);

  const { operations, schemas, warnings: _, ...rest } = draft;
  const ids = nameOperations(operations);
  const directions = directionsOf(operations, graph);
  const isTwofold = (key: string) => directions.requests.has(key) && directions.responses.has(key);
  const names = nameSchemas(schemas, new Set(ids.values()), isTwofold);
  const settled: Names = {
    id: (operation) => ids.get(originalOf(operation)) ?? originalOf(operation),
    idOfOperationId: (operationId) => ids.get(operationId),
    group: nameGroups(operations.map((operation) => operation.tag)),
    schema: (key) => names.get(key) ?? key,
  };
  return freezeDeep({
    ...rest,
    operations: operations
      .map((operation) => settleOperation(operation, settled))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    schemas: settleSchemas(schemas, graph, directions, settled),
  });
}

interface Names {
  readonly id: (operation: DraftOperation) => string;
  readonly idOfOperationId: (operationId: string) => string | undefined;
  readonly group: (tag: string | undefined) => string;
  readonly schema: (key: string) => string;
}

interface Directions {
  readonly requests: ReadonlySet<string>;
  readonly responses: ReadonlySet<string>;
}

function directionsOf(operations: readonly DraftOperation[], graph: ReferenceGraph): Directions {
  return {
    requests: reachedFrom(operations.flatMap(requestSchemas), graph),
    responses: reachedFrom(operations.flatMap(responseSchemas), graph),
  };
}

function settleOperation(draft: DraftOperation, names: Names): Operation {
  const { operationId, tag, request, lifecycle, responses, ...rest } = draft;
  const keys = keysOf(request);
  const rename = (schema: Schema) => renameReferences(schema, names.schema);
  const media = (all: Operation["responses"][number]["media"]) =>
    all.map((one) => ({ ...one, schema: rename(one.schema) }));
  const fields = (place: "path" | "query" | "header" | "cookie") =>
    settleFields(request[place], keys).map((field) => ({ ...field, schema: rename(field.schema) }));
  const id = names.id(draft);
  return {
    ...rest,
    id,
    key: operationId ?? id,
    group: names.group(tag),
    lifecycle:
      lifecycle?.successor === undefined
        ? lifecycle
        : { ...lifecycle, successor: names.idOfOperationId(lifecycle.successor) },
    request: {
      path: fields("path"),
      query: fields("query"),
      header: fields("header"),
      cookie: fields("cookie"),
      body:
        request.body === undefined
          ? undefined
          : { ...request.body, key: keys.bodyKey, media: media(request.body.media) },
    },
    responses: responses.map((one) => ({
      ...one,
      media: media(one.media),
      headers: one.headers.map((field) => ({ ...field, schema: rename(field.schema) })),
    })),
  };
}

function settleSchemas(
  schemas: readonly DraftSchema[],
  graph: ReferenceGraph,
  directions: Directions,
  names: Names,
): readonly NamedSchema[] {
  const recursive = onCycles(graph.all);
  return schemas
    .map((draft) => ({
      ...draft,
      name: names.schema(draft.key),
      schema: renameReferences(draft.schema, names.schema),
      recursive: recursive.has(draft.key),
      inRequests: directions.requests.has(draft.key),
      inResponses: directions.responses.has(draft.key),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
