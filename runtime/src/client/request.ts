import { codecOf, isItems } from "../http/codec.js";
import { EncodingError, encodeCookies, encodeHeaders, encodePath, encodeQuery } from "../http/fields.js";
import { isFieldName, isFieldValue } from "../http/headers.js";
import type { OutputWire, Wire } from "../policy/index.js";
import { writeContent } from "./content.js";
import type { CallOptions, Ending, Operation, Outgoing } from "./contract.js";
import { outgoingOf } from "./ending.js";
import { Failure } from "./failure.js";

type Input = Readonly<Record<string, unknown>>;

/** Headers that credentials, the transport or the codec own. */
const owned = new Set(
  "authorization cookie host content-length content-type transfer-encoding connection keep-alive proxy-connection proxy-authorization dpop te trailer expect upgrade".split(
    " ",
  ),
);

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
  const { wire, policy } = operation;
  // Without a prototype: a parameter may be named like a method that every object has.
  const values: Input = Object.assign(Object.create(null), input);
  try {
    refuseUnknown(wire, values);
    const path = encodePath(policy.path, wire.path ?? [], values);
    const query = encodeQuery(wire.query ?? [], values);
    const cookies = encodeCookies(wire.cookie ?? [], values);
    const content =
      wire.body === undefined ? undefined : writeContent(operation, wire.body, values, options.contentType);
    const request = {
      method: policy.method,
      url: `${client.baseUrl}${path}${query === "" ? "" : `?${query}`}`,
      headers: {
        accept: acceptOf(wire.output, options.accept),
        ...ownHeaders(options.headers ?? {}, client.reserved),
        ...lowerCased(encodeHeaders(wire.header ?? [], values)),
        ...(cookies.length === 0 ? {} : { cookie: cookies.map(([name, text]) => `${name}=${text}`).join("; ") }),
        ...(content === undefined ? {} : { "content-type": content.type }),
      },
      body: content?.body,
      streams: wire.output?.media.some(isStreamed) === true,
    };
    return outgoingOf(request, ending);
  } catch (thrown) {
    if (thrown instanceof EncodingError) throw new Failure("invalid_input", thrown.message, { cause: thrown });
    throw thrown;
  }
}

/** What the caller wants, or what the operation has, the preferred one first; and problems in the form that says most. */
function acceptOf(output: OutputWire | undefined, wanted: string | undefined): string {
  if (wanted !== undefined) return `${wanted}, application/problem+json;q=0.9`;
  return `${(output?.media ?? ["application/json"]).join(", ")}, application/problem+json;q=0.9, */*;q=0.8`;
}

/** Whether content of a media type is handed on as it comes. */
function isStreamed(media: string): boolean {
  const codec = codecOf(media);
  return codec === "octets" || codec === "multipart" || isItems(codec);
}

function refuseUnknown(wire: Wire, values: Input): void {
  const fields = [wire.path, wire.query, wire.header, wire.cookie].flatMap((place) => place ?? []);
  const known = new Set(fields.map((field) => field.key ?? field.name));
  if (wire.body !== undefined) known.add(wire.body.key ?? "body");
  const unknown = Object.keys(values).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Failure("invalid_input", `The operation takes no ${unknown.join(", ")}`);
}

function ownHeaders(
  headers: Readonly<Record<string, string>>,
  reserved: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (owned.has(lower) || reserved.has(lower))
      throw new Failure("invalid_input", `The header ${JSON.stringify(name)} is not yours to set`);
    if (!isFieldName(name) || !isFieldValue(value))
      throw new Failure("invalid_input", `The header ${JSON.stringify(name)} cannot be sent`);
  }
  return lowerCased(headers);
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
