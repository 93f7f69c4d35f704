import type { DraftOperation } from "../model/draft.js";
import type { Audit, Mask } from "../model/security.js";
import type { SpecObject, SpecValue } from "../model/spec.js";
import { complain, type Lowering } from "./lowering.js";
import { type Components, maskAt, maskOfSchema, strictest } from "./mask.js";
import { byText, objectOf, sorted, textOf, textsOf } from "./node.js";
import { sourceOf } from "./source.js";

/** RFC 9110, 9.2.1: methods that only read. QUERY is safe, too. */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"]);

export interface Audited {
  readonly operation: SpecObject;
  readonly operationId: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly request: DraftOperation["request"];
}

/** What is remembered of a call; `undefined` where nothing is. */
export function lowerAudit(
  run: Lowering,
  said: SpecValue | undefined,
  audited: Audited,
  components: Components,
): Audit | undefined {
  const node = objectOf(said);
  if (node === undefined || node.level === "none" || node.none !== undefined) return undefined;
  const { method, path, operationId } = audited;
  const byMethod = safeMethods.has(method) ? "access" : "write";
  return {
    level: node.level === "access" || node.level === "write" ? node.level : byMethod,
    event: textOf(node.event) ?? operationId ?? `${method} ${path}`,
    subject: subjectOf(run, node, audited, components),
    fields: fieldsOf(run, node, audited, components),
  };
}

function subjectOf(
  run: Lowering,
  node: SpecObject,
  { operation, request }: Audited,
  components: Components,
): Audit["subject"] {
  if (node.subject === undefined) return undefined;
  const source = sourceOf(node.subject, request);
  const field = request[source?.in ?? "path"].find((one) => one.name === source?.name);
  if (source === undefined || field === undefined) {
    complain(run, operation, undefined, {
      code: "SP395",
      message: `The subject of the audit line, ${JSON.stringify(node.subject)}, is no parameter of the operation.`,
      fix: "Write path:NAME, query:NAME or header:NAME of a parameter.",
    });
    return undefined;
  }
  return { ...source, mask: maskOfSchema(field.schema, components) };
}

function fieldsOf(
  run: Lowering,
  node: SpecObject,
  { operation, request }: Audited,
  components: Components,
): Audit["fields"] {
  return sorted(textsOf(node.fields))
    .map((pointer) => {
      const bodies = request.body?.media ?? [];
      const masks = bodies
        .map((media) => maskAt(media.schema, pointer, components))
        .filter((mask): mask is Mask => mask !== undefined);
      if (masks.length === 0) {
        complain(run, operation, undefined, {
          code: "SP396",
          message: `The audited field ${JSON.stringify(pointer)} is not in the request body.`,
          fix: "Write an RFC 6901 pointer to a property of the body, such as /amount.",
        });
      }
      return { pointer, mask: strictest(masks) };
    })
    .sort((a, b) => byText(a.pointer, b.pointer));
}
