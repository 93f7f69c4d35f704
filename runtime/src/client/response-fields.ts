import { readDelimited } from "../http/delimited.js";
import { Unreadable } from "../http/scalar.js";
import { ofStatus } from "../http/status.js";
import type { Field, Wire } from "../policy/index.js";
import type { Incoming, Operation } from "./contract.js";

/** The header fields of an answer, as code holds them. */
export function responseFields(
  operation: Operation,
  { status, headers }: Pick<Incoming, "status" | "headers">,
): Readonly<Record<string, unknown>> {
  const { wire, holds } = operation;
  const found = declaredFields(ofStatus(wire.headers, status) ?? [], headers);
  return holds === undefined ? found : { ...holds.holdFields(operation, status, found) };
}

/**
 * The header fields that the spec declares of an answer, read as it says. One that cannot be read, or is a form, is left out: what the
 * server answered besides is good all the same.
 */
export function declaredFields(
  declared: NonNullable<Wire["headers"]>[string],
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const found = declared.flatMap((field) => {
    const name = field.name.toLowerCase();
    const value = Object.hasOwn(headers, name) ? read(field, headers[name] ?? "") : undefined;
    return value === undefined ? [] : [[field.name, value] as const];
  });
  return Object.assign(Object.create(null), Object.fromEntries(found));
}

/** OpenAPI 3.2, 4.12.2.2: the style is `simple`, and nothing is percent-encoded. */
function read({ kind = "string", explode = false, form }: Field, text: string): unknown {
  if (form !== undefined) return undefined;
  try {
    const decode = (part: string) => part.trim();
    return readDelimited(kind, text.trim(), { between: ",", decode, ...(explode ? { assign: "=" } : {}) });
  } catch (thrown) {
    if (thrown instanceof Unreadable) return undefined;
    throw thrown;
  }
}
