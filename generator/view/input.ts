import { docComment } from "../code/comment.js";
import type { Code } from "../code/layout.js";
import type { Member } from "../code/shapes.js";
import type { Body, Field, Operation } from "../model/api.js";
import { bodyType } from "./content.js";
import { isSaid } from "./names.js";
import type { Components } from "./typescript/components.js";
import { typeOf } from "./typescript.js";

export function fieldsOf({ request }: Operation): readonly Field[] {
  return [...request.path, ...request.query, ...request.header, ...request.cookie];
}

/** Whether an operation can be called without any input. */
export function needsInput(operation: Operation): boolean {
  return fieldsOf(operation).some((field) => field.required) || operation.request.body?.required === true;
}

/** The flat input of an operation: parameters by key, and the body. */
export function inputMembers(operation: Operation, components: Components): readonly Member[] {
  const body = bodyType(operation, "caller", components);
  const fields = fieldsOf(operation).map((field) => ({
    key: field.key,
    optional: !field.required,
    type: typeOf(field.schema, "sent", components),
    doc: docOf(field),
  }));
  return body === undefined ? fields : [...fields, bodyMember(operation.request.body, body)];
}

/** The body in the flat input. */
function bodyMember(body: Body | undefined, type: Code): Member {
  return { key: body?.key ?? "body", optional: body?.required !== true, type };
}

function docOf({ description, deprecated }: Field): Code | undefined {
  const text = isSaid(description) ? [description] : [];
  return text.length > 0 || deprecated ? docComment(...text, ...(deprecated ? ["Deprecated."] : [])) : undefined;
}
