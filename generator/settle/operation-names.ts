import type { DraftOperation } from "../model/draft.js";
import { camelCase, pascalCase } from "./identifier.js";
import { emittedNames, objectNames, reservedWords, schemaImports } from "./reserved.js";
import { type Claim, nameEach, unreserved } from "./unique.js";

const reserved = [reservedWords, emittedNames, schemaImports, objectNames];

/** The id of each operation, by `originalOf`. It is what callers write, so nothing but operations and fixed names decides it. */
export function nameOperations(operations: readonly DraftOperation[]): ReadonlyMap<string, string> {
  const claims = operations.map((operation): Claim => {
    const wanted = camelCase(operation.operationId ?? "") ?? nameByPath(operation);
    return { original: originalOf(operation), wanted: unreserved(wanted, reserved) };
  });
  return nameEach(claims, (name) => reserved.every((names) => !names.has(name)));
}

/** What tells an operation apart in the spec. The line break keeps a path from being taken for an `operationId`. */
export function originalOf(operation: DraftOperation): string {
  return operation.operationId ?? `\n${operation.method} ${operation.path}`;
}

/** `GET /accounts/{accountId}` → `getAccountsByAccountId`. */
export function nameByPath(operation: Pick<DraftOperation, "method" | "path">): string {
  const parts = operation.path.split(/(\{[^}]*\})/).map((part) => {
    const name = pascalCase(part) ?? "";
    return part.startsWith("{") && name !== "" ? `By${name}` : name;
  });
  const words = parts.join("");
  return camelCase(`${operation.method.toLowerCase()} ${words === "" ? "Root" : words}`) ?? "operation";
}
