import type { Code } from "../../code/layout.js";
import { literal } from "../../code/literal.js";
import { object } from "../../code/shapes.js";
import type { Api, Operation } from "../../model/api.js";
import { escaped } from "../../model/json-pointer.js";
import type { MaskedPart } from "../../model/security.js";
import { fieldsOf } from "../input.js";
import { optional } from "./scheme.js";

/** What may not be in a log as it is, by operation; `undefined` where everything may be. */
export function sensitivityCode({ operations }: Api): Code | undefined {
  const entries = operations
    .filter(({ sensitive }) => sensitive.length > 0)
    .map((operation) => ({ key: operation.id, value: partsCode(operation) }));
  return entries.length === 0 ? undefined : object(entries, { open: true });
}

function partsCode(operation: Operation): Code {
  const answered = operation.sensitive.filter((one) => one.in === "answer");
  const sent = operation.sensitive.filter((one) => one.in !== "answer");
  return object([
    ...optional("sent", sent.length === 0 ? undefined : sent, (all) => masks(all, (one) => keyOf(operation, one))),
    ...optional("answered", answered.length === 0 ? undefined : answered, (all) => masks(all, () => "")),
  ]);
}

function masks(parts: readonly MaskedPart[], before: (part: MaskedPart) => string): Code {
  return object(parts.map((part) => ({ key: before(part) + part.pointer, value: literal(part.mask) })));
}

/** Where it stands in the flat input. */
function keyOf(operation: Operation, part: MaskedPart): string {
  const field = fieldsOf(operation).find((one) => one.in === part.in && one.name === part.name);
  const key = part.in === "body" ? (operation.request.body?.key ?? "body") : (field?.key ?? part.name ?? "");
  return `/${escaped(key)}`;
}
