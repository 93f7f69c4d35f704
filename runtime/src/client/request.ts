import { EncodingError } from "../http/faults.js";
import { isFieldName, isFieldValue } from "../http/headers.js";
import { plainPath } from "../http/plain.js";
import type { CallOptions, Ending, Operation, Outgoing, Writing, Written } from "./contract.js";
import { outgoingOf } from "./ending.js";
import { Failure } from "./failure.js";
import { lowerCased } from "./lower-cased.js";

/** Headers that credentials, the transport or the codec own. */
const owned =
  /^(?:(?:proxy-)?authorization|cookie|host|content-(?:length|type)|(?:proxy-)?connection|transfer-encoding|keep-alive|dpop|te|trailer|expect|upgrade)$/;

/**
 * Writes the input of an operation into a request.
 * @throws Failure `invalid_input` for what cannot be written: an unknown key, a value that would change the path.
 */
export function toRequest(
  operation: Operation,
  client: { readonly baseUrl: string; readonly reserved: ReadonlySet<string> },
  input: object,
  options: CallOptions,
  ending: Ending,
): Outgoing {
  const { wire, policy, writes = [], reads, holds } = operation;
  // Without a prototype: a parameter may be named like a method that every object has.
  const given: Writing["values"] = Object.assign(Object.create(null), input);
  try {
    refuseUnknown(operation, given);
    const values = holds === undefined ? given : holds.release(operation, given, options.contentType);
    const written = writes.map((write) => write({ operation, values, options }));
    const parts: Written = Object.assign({}, ...written);
    const { path = plainPath(policy.path, wire.path ?? [], values), query, body } = parts;
    const request = {
      method: policy.method,
      url: `${client.baseUrl}${path}${query === undefined || query === "" ? "" : `?${query}`}`,
      headers: Object.assign(
        { accept: acceptOf(operation, options.accept) },
        ownHeaders(options.headers ?? {}, client.reserved),
        ...written.map(({ headers }) => headers),
      ),
      body,
      streams: reads !== undefined,
    };
    return outgoingOf(request, ending);
  } catch (thrown) {
    throw thrown instanceof EncodingError ? new Failure("invalid_input", thrown.message, { cause: thrown }) : thrown;
  }
}

/** What the caller wants, or what the operation has, the preferred one first; and problems in the form that says most. */
function acceptOf({ wire: { output } }: Operation, wanted: string | undefined): string {
  const media = wanted ?? (output?.media ?? ["application/json"]).join(", ");
  return `${media}, application/problem+json;q=0.9${wanted === undefined ? ", */*;q=0.8" : ""}`;
}

function refuseUnknown({ wire }: Operation, values: Writing["values"]): void {
  const fields = [wire.path, wire.query, wire.header, wire.cookie].flatMap((place) => place ?? []);
  const known = fields.map((field) => field.key ?? field.name);
  if (wire.body !== undefined) known.push(wire.body.key ?? "body");
  const unknown = Object.keys(values).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Failure("invalid_input", `The operation takes no ${unknown.join(", ")}`);
}

function ownHeaders(
  headers: Readonly<Record<string, string>>,
  reserved: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const own = lowerCased(headers);
  for (const [name, value] of Object.entries(own)) {
    const quoted = JSON.stringify(name);
    if (owned.test(name) || reserved.has(name))
      throw new Failure("invalid_input", `The header ${quoted} is not yours to set`);
    if (!isFieldName(name) || !isFieldValue(value))
      throw new Failure("invalid_input", `The header ${quoted} cannot be sent`);
  }
  return own;
}
