import { outgoingOf } from "#ending";
import { EncodingError } from "../http/faults.js";
import { isFieldName, isFieldValue } from "../http/headers.js";
import { plainPath } from "../http/plain.js";
import type { Wire } from "../policy/index.js";
import type { CallOptions, Ending, Operation, Outgoing, Writing, Written } from "./contract.js";
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
  client: { readonly baseUrl: string; readonly reserved: readonly string[] },
  input: object,
  options: CallOptions,
  ending: Ending,
): Outgoing {
  const { wire, policy, writes = [], reads, holds } = operation;
  // Without a prototype: a parameter may be named like a method that every object has.
  let values: Writing["values"] = Object.assign(Object.create(null), input);
  try {
    refuseUnknown(operation, values);
    if (holds !== undefined) values = holds.release(operation, values, options.contentType);
    const written = writes.map((write) => write({ operation, values, options }));
    const parts: Written = Object.assign({}, ...written);
    const { path = plainPath(policy.path, wire.path ?? [], values), query, body } = parts;
    const headers = Object.assign(
      { accept: acceptOf(wire, options.accept) },
      ownHeaders(options.headers, client.reserved),
      ...written.map((one) => one.headers),
    );
    const url = client.baseUrl + path + (query ? `?${query}` : "");
    return outgoingOf({ method: policy.method, url, headers, body, streams: reads !== undefined }, ending);
  } catch (thrown) {
    throw thrown instanceof EncodingError ? new Failure("invalid_input", thrown.message, { cause: thrown }) : thrown;
  }
}

/** What the caller wants, or what the operation has, the preferred one first; and problems in the form that says most. */
function acceptOf({ output }: Wire, wanted: string | undefined): string {
  const media = wanted ?? output?.media.join(", ") ?? "application/json";
  return `${media}, application/problem+json;q=0.9${wanted === undefined ? ", */*;q=0.8" : ""}`;
}

function refuseUnknown({ wire }: Operation, values: Writing["values"]): void {
  const { path = [], query = [], header = [], cookie = [], body } = wire;
  const known = [...path, ...query, ...header, ...cookie].map(({ name, key = name }) => key);
  if (body !== undefined) known.push(body.key ?? "body");
  const unknown = Object.keys(values).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Failure("invalid_input", `The operation takes no ${unknown.join(", ")}`);
}

function ownHeaders(
  headers: Readonly<Record<string, string>> = {},
  reserved: readonly string[],
): Readonly<Record<string, string>> {
  const own = lowerCased(headers);
  for (const [name, value] of Object.entries(own)) {
    if (owned.test(name) || reserved.includes(name) || !isFieldName(name) || !isFieldValue(value))
      throw new Failure("invalid_input", `The header ${JSON.stringify(name)} is not yours to set, or cannot be sent`);
  }
  return own;
}
