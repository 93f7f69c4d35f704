import { docComment } from "../code/comment.js";
import { DiagnosticError } from "../code/diagnostic.js";
import { identifier } from "../code/identifier.js";
import type { Code } from "../code/layout.js";
import { assigned, generic, intersection, typeLiteral } from "../code/shapes.js";
import { code } from "../code/template.js";
import type { Api, Operation, ResponseCase } from "../model/api.js";
import { headersType, replyBodyTypes, successesOf } from "./content.js";
import { inputMembers } from "./input.js";
import { route, typeName } from "./names.js";
import { itemType } from "./pages.js";
import { type Components, componentsOf } from "./typescript/components.js";
import { someOf } from "./typescript.js";
import type { Fields, View } from "./view.js";
import { ambiguousValues } from "./wire/ambiguous.js";
import { wireCode } from "./wire/fields.js";
import { type HeldValues, heldValues } from "./wire/held.js";

/**
 * wire.ts: what goes into each operation, what comes out, and how it is written on the wire.
 * @throws DiagnosticError where nobody could say what code holds a value as.
 */
export function wireView(api: Api): View {
  const components = componentsOf(api);
  const ambiguous = ambiguousValues(api);
  if (ambiguous.length > 0) throw new DiagnosticError(ambiguous);
  const held = heldValues(api);
  const operations = api.operations.map((one) => operationData(one, components, held));
  return {
    template: "wire",
    data: { operations, consts: held.consts.map((one) => ({ ...one })), hasSchemas: components.areUsed() },
  };
}

function operationData(operation: Operation, components: Components, held: HeldValues): Fields {
  const members = inputMembers(operation, components);
  return {
    doc: docComment(`Input of \`${route(operation)}\`.`),
    hasInput: members.length > 0,
    input: typeName(operation.id, "Input"),
    members: typeLiteral(members, { open: true }),
    output: typeName(operation.id, "Output"),
    outputType: assigned(outputType(operation, components)),
    ...fieldsData(operation, components),
    ...itemData(operation),
    name: identifier(operation.id),
    value: wireCode(operation, components.find, held.ofOperation(operation)),
  };
}

/** What a page has many of. */
function itemData(operation: Operation): Fields {
  const { id, pagination } = operation;
  return {
    hasItem: pagination !== undefined,
    item: typeName(id, "Item"),
    itemType: assigned(pagination === undefined ? code`unknown` : itemType(typeName(id, "Output"), pagination)),
  };
}

/** What the spec declares of header fields in an answer that is a success. */
function fieldsData(operation: Operation, components: Components): Fields {
  const all = successesOf(operation);
  const types = all.flatMap((one) => headersType(one, components)?.type ?? []);
  const whole = types.length === 0 ? code`object` : intersection(types);
  return {
    hasFields: types.length > 0,
    fields: typeName(operation.id, "Fields"),
    // Which of several successes it is, the status says; until then each field may be missing.
    fieldsType: assigned(all.length > 1 ? generic(code`Partial`, [whole]) : whole),
  };
}

/** What a successful call answers: one of the bodies of its 2xx responses. */
function outputType(operation: Operation, components: Components): Code {
  const all = successesOf(operation);
  return all.length === 0 ? code`undefined` : someOf(all.flatMap((one) => bodiesOf(operation, one, components)));
}

function bodiesOf(operation: Operation, response: ResponseCase, components: Components): readonly Code[] {
  const types = replyBodyTypes(operation, response, "caller", components);
  return types.length === 0 ? [code`undefined`] : types.map(([, type]) => type);
}
